"""The teaching code of the site: one module per chapter, in their order.

    Layer    = (parameters, x) → (output, backward)
    backward = ∂J/∂output → (∂J/∂parameters, ∂J/∂x)
    Loss     = (prediction, y) → (J, ∂J/∂prediction)

Rows are examples. N counts them, m the inputs of a layer, k its units. `delta` is
always ∂J/∂output of the layer at hand. A layer without parameters takes `()` and
returns `()`.

Arguments are arrays of numbers, hyperparameters Python's; results keep the dtype of
floats, and integers count as numbers. A layer computes with what it gets: an empty
batch gives an empty output, NaN and ∞ pass through (only `step` answers 0 to NaN),
and what exceeds the largest number becomes ∞, with NumPy's warning. A loss refuses
an empty batch, NaN and ∞. What a function refuses, its docstring says.
"""
