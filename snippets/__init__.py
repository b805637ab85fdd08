"""The teaching code of the site: one module per chapter, in the order of the chapters.

    Layer    = (parameters, x) → (output, backward)
    backward = ∂J/∂output → (∂J/∂parameters, ∂J/∂x)
    Loss     = (prediction, y) → (J, ∂J/∂prediction)

Rows are examples. N counts them, m the inputs of a layer, k its units. `delta` is always
∂J/∂output of the layer at hand. A layer without parameters takes `()` and returns `()`.
"""
