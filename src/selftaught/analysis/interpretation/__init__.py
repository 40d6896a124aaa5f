"""Reads Python programs as if they ran; `strategies` and `bypass` add their rules to it.

`Interpreter` goes through what can be reached of a program: statements, branches, loops,
calls of the program's own functions and classes. A `Value` stands for all that an expression
may be: properties, objects and constants. What differs between readers (what a call of the
library gives, which tests are decided, what an operator makes) are the methods of `Rules`,
which `strategies.strategy_reader` and `bypass.bypass_reader` define.
"""
