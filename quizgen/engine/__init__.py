"""The layer engine: layers, graphs, the chain rule over them, and the grammar that reads mathematics."""
