"""The teaching code of the site: one module per chapter, in their order.

    Layer    = (parameters, x) → (output, backward)
    backward = ∂J/∂output → (∂J/∂parameters, ∂J/∂x)
    Loss     = (prediction, y) → (J, ∂J/∂prediction)

Rows are examples. N counts them, m the inputs of a layer, k its units. `delta` is
always ∂J/∂output of the layer at hand. A layer without parameters takes `()` and
returns `()`.
"""
