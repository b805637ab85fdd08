# ---
# description: A neural network against logistic regression on 569 real patients, with three data sets kept apart, ten seeds, and every error looked at.
# question: Can a network tell malignant from benign, and is it better than a straight line?
# ---

# %% [markdown]
# # Lab: malignant or benign
#
# A needle takes a few cells out of a lump in a breast. Under the microscope, are they malignant or benign?
# The article's task is of this kind: tell the sick from the healthy by looking at examples of both. Here the
# examples are 569 real patients, and the pictures of their cells have already been turned into numbers by hand.
#
# The lab asks two questions. How well can the [network](../architecture/network.md) of this site tell the two apart? And
# is it better than logistic regression, which has no hidden layer? Along the way it does what every such comparison
# needs: look at the data first, keep three sets of patients apart, repeat everything with other seeds, and read the errors
# one by one.
#
# > **This is an exercise, not a medical device.** Nothing on this page is for clinical use. One hospital, thirty years ago,
# > 569 patients: a program made from that says nothing about any person today.

# %% tags=["script"]
import sys

sys.path.append("")

# %% [markdown]
# ## The data, before any model
#
# Street, Wolberg and Mangasarian drew the outline of each nucleus on a picture of the cells and measured ten
# things: its radius, perimeter and area, how uneven its grey is (texture), how rough its outline is (smoothness,
# compactness, concavity, concave points, fractal dimension) and how symmetric it is. A picture shows many nuclei, so
# each measurement is given three times: its mean over the nuclei, the standard error of that mean, and
# its "worst" value, the mean of the three largest. That makes $m = 30$ features for each patient.
#
# The diagnosis is the target. The data set codes it as 1 for benign; the loss here is easier to read the other way
# round, so $y = 1$ stands for malignant from now on, as in [the notation](../reference/notation.md) of the site.

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
names, x, y = data.feature_names, data.data, 1.0 - data.target[:, None]

print(f"{len(x)} patients with {x.shape[1]} features each")
print(f"{y.sum():.0f} malignant, {(1 - y).sum():.0f} benign")
print(f"{np.isnan(x).sum()} values missing, {len(x) - len(np.unique(x, axis=0))} patients listed twice")

# %% [markdown]
# Nothing is missing and nobody is counted twice. Malignant tumours are {{ 100 * y.mean():.0f }} % of the cases, far more than in any
# screening programme, because these patients came with a lump. A rule learned here has learned that share too.
#
# Next, the values themselves: the ten means, with the middle patient of each class and the two extremes.

# %%
malignant = y[:, 0] == 1
print(f"{'':<23}{'benign':>9}{'malignant':>11}{'smallest':>10}{'largest':>10}")
for name, value in zip(names[:10], x.T):
    middle = np.median(value[~malignant]), np.median(value[malignant])
    print(f"{name:<23}{middle[0]:9.3f}{middle[1]:11.3f}{value.min():10.3f}{value.max():10.3f}")

# %% [markdown]
# In the middle, malignant nuclei are larger, and their outlines have deeper dents. Only the fractal dimension hardly
# differs. Two more things can be read off this table. The zeros of concavity are real: {{ (x[:, 6] == 0).sum() }} patients have nuclei
# without any dent. And no unit is given: lengths are in the scale of the picture, and the area is in its square, which is
# why it is a thousand times larger than a smoothness.
#
# How far apart are the thirty scales? The next figure shows the standard deviation of each feature.

# %% alt="Thirty dots on a logarithmic axis, one for the standard deviation of each feature. They run from below 0.003 for the error of the fractal dimension to 569 for the worst area; most lie between 0.01 and 10." caption="The scales of the thirty features differ by a factor of more than 200,000. A step that suits one weight would be far too long or too short for another."
order = np.argsort(x.std(axis=0))
plt.figure(figsize=(6, 2.6))
plt.semilogx(x.std(axis=0)[order], np.arange(30), "o", markersize=4)
for rank in (0, 9, 19, 27, 29):
    side = 10 if rank < 20 else -10
    plt.annotate(names[order[rank]], (x.std(axis=0)[order[rank]], rank), (side, -3),
                 textcoords="offset points", ha="left" if side > 0 else "right")
plt.yticks([])
plt.xlabel("standard deviation of the feature")
plt.show()

# %% [markdown]
# Gradient descent takes one learning rate for all weights, so the features have to be brought to one scale first.
# That is done below, with the mean and the spread of the training patients only.
#
# Thirty features are not thirty pieces of knowledge. A radius, a perimeter and an area measure nearly the same
# thing three times. The run counts how many directions the standardised features really fill.

# %%
radius, perimeter, area = x[:, 0], x[:, 2], x[:, 3]
print(f"perimeter / radius  {np.median(perimeter / radius):.2f}   a circle has {2 * np.pi:.2f}")
print(f"area / radius²      {np.median(area / radius**2):.2f}   a circle has {np.pi:.2f}")

variance = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1].cumsum() / 30
directions = np.searchsorted(variance, 0.95) + 1
print(f"{directions} directions hold 95 % of the variance of 30 features")

# %% [markdown]
# The nuclei are nearly circles, and {{ directions }} directions hold almost everything. There is less to learn here than the
# number 30 suggests.
#
# One feature alone already goes a long way. The worst radius of the two classes:

# %% alt="Two histograms of the worst radius. Benign patients gather between 9 and 18 with their peak near 13; malignant patients spread from 13 to 36 with their peak near 20. The two overlap between about 13 and 19." caption="Beyond 20 every patient but a handful is malignant, below 13 nearly everyone is benign. Between them one feature does not decide: these patients are the task."
worst_radius = x[:, 20]
bins = np.arange(7, 38)
for name, part, colour, at in (("benign", ~malignant, "C0", (8.2, 55)), ("malignant", malignant, "C1", (21.5, 24))):
    plt.hist(worst_radius[part], bins, color=colour, alpha=0.25)
    plt.hist(worst_radius[part], bins, color=colour, histtype="step", linewidth=1.5)
    plt.text(*at, name, color=colour)
plt.xlabel("worst radius")
plt.ylabel("patients")
plt.show()

# %% [markdown]
# ## Three sets of patients
#
# Whatever is chosen by looking at some patients will look too good on the same patients. So they are divided at random, three
# fifths, one fifth and one fifth.
#
# - The **training** patients set the weights. They also set the mean and the spread that bring every feature to one scale;
#   taking these from everybody would let the other two sets leak in.
# - The **validation** patients choose: when to stop, how many hidden units, which threshold.
# - The **test** patients are looked at once, at the end, when nothing is left to choose.

# %%
def divide(seed):
    order = np.random.default_rng(seed).permutation(len(x))
    training, validation, test = np.split(order, [341, 455])
    mean, spread = x[training].mean(axis=0), x[training].std(axis=0)
    return [((x[part] - mean) / spread, y[part]) for part in (training, validation, test)], test


parts, _ = divide(seed=0)
for name, (x_part, y_part) in zip(("training", "validation", "test"), parts):
    print(f"{name:<12}{len(x_part):4d} patients, {y_part.mean():.0%} malignant")

# %% [markdown]
# The shares differ a little, as they do when {{ len(parts[2][0]) }} patients are drawn. One patient more or less is {{ 100 / len(parts[2][0]):.1f }} percentage points of
# accuracy, so a single split cannot tell two good methods apart. That is why everything below is done for ten
# splits.
#
# Accuracy alone hides who pays for an error. With $\hat y = 1$ for "malignant", two more numbers are needed:
#
# $$\text{sensitivity} = \frac{\text{malignant and } \hat y = 1}{\text{malignant}}, \qquad \text{specificity} = \frac{\text{benign and } \hat y = 0}{\text{benign}}.$$
#
# What is missing from the sensitivity are tumours that were overlooked; what is missing from the specificity are people frightened
# and cut without need. Saying "benign" to everyone, the majority class, shows why both are wanted.

# %%
def rates(y_hat, y):
    return np.array([(y_hat == y).mean(), y_hat[y == 1].mean(), 1 - y_hat[y == 0].mean()])


majority = rates(np.zeros_like(y), y)
print("accuracy {:.3f}  sensitivity {:.3f}  specificity {:.3f}".format(*majority))

# %% [markdown]
# A rule that looks at no patient is right for {{ 100 * majority[0]:.0f }} % of them and finds no tumour at all. Any accuracy has to be read
# against that one.
#
# ## One fit
#
# The network is a chain of layers: $z = \tanh(x \theta + \theta_0)$ for the hidden units, then one output without an
# activation, the log odds of "malignant". Its loss is the binary cross-entropy $J(\theta)$ of the training patients, and each step goes
# against the gradient, $\theta \leftarrow \theta - \eta \, \partial J / \partial \theta$. All {{ len(parts[0][0]) }} training patients fit into one batch.
#
# Without a hidden layer the same chain is a weighted sum and a sigmoid: logistic regression. Baseline and network can
# therefore share every line, and whatever differs in the end comes from the hidden layer.

# %%
from snippets.activations import tanh
from snippets.descent import gradient_descent, objective, pack
from snippets.losses import binary_cross_entropy
from snippets.network import glorot, initialise, multilayer_perceptron


def fit(units, training, validation, rng, eta=0.3, rounds=100, steps=20):
    sizes = (training[0].shape[1], *units, 1)
    network = multilayer_perceptron(tanh, hidden=len(units))
    theta, unpack = pack(initialise(rng, sizes, glorot))
    J_training = objective(network, binary_cross_entropy, unpack, *training)
    J_validation = objective(network, binary_cross_entropy, unpack, *validation)
    path = []
    for _ in range(rounds):
        path.append((J_validation(theta)[0], J_training(theta)[0], theta))
        theta, _ = gradient_descent(J_training, theta, eta, steps)
    stop = min(range(rounds), key=lambda i: path[i][0])
    return lambda x: network(unpack(path[stop][2]), x)[0], path, stop

# %% [markdown]
# `fit` walks 2,000 steps and notes both losses every 20 steps. What it returns is the network at the step where the
# *validation* loss was lowest. With 16 hidden units and the first split, the training loss should go on falling,
# and the validation loss should turn.

# %% alt="Two loss curves against the number of steps. The training loss falls steadily towards zero. The validation loss falls, reaches its lowest point early, marked by a dot, and rises slowly afterwards." caption="Sixteen hidden units on one split. After the dot the network goes on learning its own patients and gets worse on the others; the weights at the dot are kept."
predict, path, stop = fit((16,), parts[0], parts[1], np.random.default_rng(0))
at = 20 * np.arange(len(path))
J_validation, J_training = [J for J, _, _ in path], [J for _, J, _ in path]
plt.semilogy(at, J_training, "C0")
plt.semilogy(at, J_validation, "C1")
plt.plot(at[stop], J_validation[stop], "C1o")
plt.text(1500, J_training[75] * 1.25, "training", color="C0")
plt.text(1500, J_validation[75] * 1.2, "validation", color="C1")
plt.xlabel("steps of gradient descent")
plt.ylabel("loss J")
plt.show()

# %% [markdown]
# It turns after {{ at[stop] }} steps, at a loss of {{ J_validation[stop]:.3f }}; by the last step it has risen to {{ J_validation[-1]:.3f }}
# while the training loss has sunk to {{ J_training[-1]:.4f }}. Stopping early is the only regularisation in this lab.
#
# ## Ten splits, and a sealed envelope
#
# Now the whole procedure for ten seeds. Each seed draws its own split and its own starting weights. On each split the
# validation loss chooses between 4 and 16 hidden units for the network, as it chooses the stopping step. Logistic
# regression gets the same treatment, once with all features and once with the worst radius alone.
#
# The answers for the test patients are put into a list and not looked at yet.

# %%
methods = {
    "one feature": (slice(20, 21), [()]),
    "logistic regression": (slice(30), [()]),
    "network": (slice(30), [(4,), (16,)]),
}
sealed, chosen, validated = [], [], {name: [] for name in methods}
for seed in range(10):
    (training, validation, test), patients = divide(seed)
    envelope = {"y": test[1], "patients": patients}
    for name, (columns, candidates) in methods.items():
        seen = [(part[0][:, columns], part[1]) for part in (training, validation)]
        fits = [fit(units, *seen, np.random.default_rng(seed)) for units in candidates]
        best = min(range(len(fits)), key=lambda i: fits[i][1][fits[i][2]][0])
        predict, path, stop = fits[best]
        validated[name].append((predict(seen[1][0]), validation[1], path[stop][0]))
        envelope[name] = predict(test[0][:, columns])
    chosen.append(candidates[best])
    sealed.append(envelope)

for name, splits in validated.items():
    J = [J for _, _, J in splits]
    print(f"{name:<20} validation loss {np.mean(J):.3f} ± {np.std(J):.3f}")

# %% [markdown]
# The numbers after ± are standard deviations over the ten splits, here and below. All features beat one by a wide
# margin. Between logistic regression and the network, the validation patients see no difference that the spread would not cover.
# They chose 4 hidden units {{ chosen.count((4,)) }} times and 16 units {{ chosen.count((16,)) }} times: the size hardly matters either.
#
# ## The price of an error
#
# One thing is left to choose. Calling a tumour malignant where $p > 1/2$ treats both errors alike, and they are not alike: a
# missed tumour can cost a life, a false alarm costs a second examination. Suppose that one miss weighs as much as ten false
# alarms. The ten is ours, for this exercise; in a clinic it would be for patients and physicians to say.
#
# The validation patients now choose the threshold with the smallest total cost. The log odds $z$ are compared with it directly:
# $p > 1/2$ is $z > 0$.

# %%
def cost(z, y, threshold):
    missed, alarmed = (z <= threshold) & (y == 1), (z > threshold) & (y == 0)
    return 10 * missed.sum() + alarmed.sum()


grid = np.linspace(-4, 4, 81)
thresholds = {
    name: [grid[np.argmin([cost(z, y, t) for t in grid])] for z, y, _ in splits]
    for name, splits in validated.items()
}
for name, chosen_z in thresholds.items():
    p = 1 / (1 + np.exp(-np.array(chosen_z)))
    print(f"{name:<20} threshold on p: median {np.median(p):.2f}, from {p.min():.2f} to {p.max():.2f}")
