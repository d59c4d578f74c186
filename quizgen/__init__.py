"""Quizzes and drills for the chain rule and computational graphs, every key found twice."""

__version__ = "0.1.0"
