"""Pictures of computational graphs: where things go (layout) and two painters (terminal, svg)."""
