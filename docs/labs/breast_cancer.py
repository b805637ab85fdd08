# ---
# description: A neural network against logistic regression on 569 real patients, with three data sets kept apart, ten seeds, and every error looked at.
# question: Can a network tell malignant from benign, and is it better than a straight line?
# ---

# %% [markdown]
# # Lab: malignant or benign
#
# A needle takes a few cells out of a lump in a breast. Under the microscope, are they malignant or benign?
# The article's task is of this kind: tell the sick from the healthy by looking at examples of both. Here the
# examples are 569 real patients, and the pictures of their cells have already been turned into numbers.
#
# The lab asks two questions. How well can the [network](../architecture/network.md) of this site tell the two apart? And
# is it better than logistic regression, which has no hidden layer? Along the way it does what every such comparison
# needs: look at the data first, keep three sets of patients apart, repeat everything with other seeds, and read the errors
# one by one.
#
# > **This is an exercise, not a medical device.** Nothing on this page is for clinical use. One hospital, thirty years ago,
# > 569 patients: a program made from that says nothing about any person today.

# %% tags=["script"]
# ruff: noqa: E402, E501
import sys

sys.path.append("")

# %% [markdown]
# ## The data, before any model
#
# Street, Wolberg and Mangasarian traced the outline of each nucleus on a picture of the cells and measured ten
# things: its radius, perimeter and area, how uneven its grey is (texture), how rough its outline is (smoothness,
# compactness, concavity, concave points, fractal dimension) and how symmetric it is. A picture shows many nuclei, so
# each measurement is given three times: its mean over the nuclei, the standard error of that mean, and
# its "worst" value, the mean of the three largest. That makes $m = 30$ features for each patient.
#
# The diagnosis is the target. The data set codes it as 1 for benign; the loss here is easier to read the other way
# round, so $y = 1$ stands for malignant from now on. The other symbols are those of [the notation](../reference/notation.md).

# %%
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

data = load_breast_cancer()
names, x, y = data.feature_names, data.data, 1.0 - data.target[:, None]

print(f"{len(x)} patients with {x.shape[1]} features each")
print(f"{y.sum():.0f} malignant, {(1 - y).sum():.0f} benign")
print(f"{np.isnan(x).sum()} values missing")
print(f"{len(x) - len(np.unique(x, axis=0))} patients listed twice")

# %% [markdown]
# Nothing is missing and nobody is counted twice. {{ 100 * y.mean():.0f }} % of the tumours are malignant. These are patients
# who came with a lump; a rule learned from them has learned this share too.
#
# Next, the values themselves: the ten means, with the middle patient of each class and the two extremes.

# %%
malignant = y[:, 0] == 1
print(" " * 27 + "benign  malignant  smallest   largest")
for name, value in zip(names[:10], x.T):
    middle = np.median(value[~malignant]), np.median(value[malignant])
    row = (*middle, value.min(), value.max())
    print(f"{name:<23}", *(f"{number:9.3f}" for number in row))

# %% [markdown]
# In the middle, malignant nuclei are larger, and their outlines have deeper dents. Only the fractal dimension hardly
# differs. Two more things can be read off this table. The zeros of concavity are real: {{ (x[:, 6] == 0).sum() }} patients have nuclei
# without any dent. And no unit is given: lengths are in the scale of the picture, and the area is in its square, which is
# why it is a thousand times larger than a smoothness.
#
# How far apart are the thirty scales? The next figure shows the standard deviation of each feature.

# %% alt="Thirty dots on a logarithmic axis, one for the standard deviation of each feature. They run from {{ spread.min():.4f }} for the error of the fractal dimension to {{ spread.max():.0f }} for the worst area, and are spread almost evenly between." caption="The scales of the thirty features differ by a factor of {{ spread.max() / spread.min():,.0f }}. A step that suits one weight would be far too long or too short for another."
spread = x.std(axis=0)
rank = spread.argsort()

plt.figure(figsize=(6, 2.8))
plt.semilogx(spread[rank], np.arange(30), "o", markersize=4)
for i in (0, 9, 19, 27, 29):
    side, offset = ("left", (8, -7)) if i < 20 else ("right", (-8, 1))
    at = spread[rank[i]], i
    plt.annotate(names[rank[i]], at, offset, textcoords="offset points", ha=side)
plt.ylim(-3, 31)
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
round_about, inside = np.median(perimeter / radius), np.median(area / radius**2)
print(f"perimeter / radius  {round_about:.2f}   a circle has {2 * np.pi:.2f}")
print(f"area / radius²      {inside:.2f}   a circle has {np.pi:.2f}")

variance = np.linalg.eigvalsh(np.corrcoef(x.T))[::-1].cumsum() / 30
directions = np.searchsorted(variance, 0.95) + 1
print(f"{directions} directions hold 95 % of the variance of 30 features")

# %% [markdown]
# The nuclei are nearly circles, and {{ directions }} directions hold almost everything. There is less to learn here than the
# number 30 suggests.
#
# One feature alone already goes a long way. The worst radius of the two classes:

# %% alt="Two histograms of the worst radius. Benign patients form a tall, narrow peak near 13; malignant patients spread widely around 20 and reach beyond 35. The two overlap between about 13 and 19." caption="Beyond 20 nearly every tumour is malignant, below 13 nearly none is. Between them one feature does not decide: these patients are the task."
worst_radius = x[:, 20]
bins = np.arange(7, 38)

plt.figure()
for part, colour in ((~malignant, "C0"), (malignant, "C1")):
    plt.hist(worst_radius[part], bins, color=colour, alpha=0.25, histtype="stepfilled")
    plt.hist(worst_radius[part], bins, color=colour, histtype="step", linewidth=1.5)
plt.text(8.2, 55, "benign", color="C0")
plt.text(21.5, 24, "malignant", color="C1")
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
    mean, deviation = x[training].mean(axis=0), x[training].std(axis=0)
    sets = training, validation, test
    return [((x[part] - mean) / deviation, y[part]) for part in sets], test


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
# $$\begin{aligned} \text{sensitivity} &= \frac{\text{malignant and } \hat y = 1}{\text{malignant}} \\[1.2ex] \text{specificity} &= \frac{\text{benign and } \hat y = 0}{\text{benign}} \end{aligned}$$
#
# What is missing from the sensitivity are tumours that were overlooked; what is missing from the specificity are people frightened
# and examined further without need. Saying "benign" to everyone, the majority class, shows why both are wanted.


# %%
def rates(y_hat, y):
    right = (y_hat == y).mean()
    return np.array([right, y_hat[y == 1].mean(), 1 - y_hat[y == 0].mean()])


majority = rates(np.zeros_like(y), y)
print("accuracy {:.3f}  sensitivity {:.3f}  specificity {:.3f}".format(*majority))

# %% [markdown]
# A rule that looks at no patient is right for {{ 100 * majority[0]:.0f }} % of them and finds no tumour at all. Any accuracy has to be read
# against that one.
#
# ## One fit
#
# The network is a chain of layers: $a = \tanh(x \theta + \theta_0)$ for the hidden units, then one output without an
# activation, $z$, the log odds of "malignant". Its loss is the binary cross-entropy $J(\theta)$ of the training patients, and each
# step goes against the gradient, $\theta \leftarrow \theta - \eta \, \partial J / \partial \theta$. All {{ len(parts[0][0]) }} training patients fit into one batch.
#
# Without a hidden layer the same chain is a weighted sum and a sigmoid: logistic regression. Baseline and network can
# therefore share every line, and whatever differs in the end comes from the hidden layer.

# %%
from snippets.activations import tanh
from snippets.descent import gradient_descent, objective, pack
from snippets.losses import binary_cross_entropy
from snippets.network import glorot, initialise, multilayer_perceptron


def fit(units, training, validation, rng, eta=0.5, rounds=50, steps=20):
    network = multilayer_perceptron(tanh, hidden=len(units))
    sizes = (training[0].shape[1], *units, 1)
    theta, unpack = pack(initialise(rng, sizes, glorot))
    J_training = objective(network, binary_cross_entropy, unpack, *training)
    J_validation = objective(network, binary_cross_entropy, unpack, *validation)
    path = []
    for _ in range(rounds):
        path.append((J_validation(theta)[0], J_training(theta)[0], theta))
        theta, _ = gradient_descent(J_training, theta, eta, steps)
    J, _, best = min(path, key=lambda point: point[0])
    return J, lambda x: network(unpack(best), x)[0], path


# %% [markdown]
# `fit` walks 1,000 steps and notes both losses every 20 steps. What it returns is the network at the step where the
# *validation* loss was lowest. With 16 hidden units and the first split, the training loss should go on falling,
# and the validation loss should turn.

# %% alt="Two loss curves on a logarithmic axis against the steps of gradient descent. The training loss falls all the way, to {{ J_training[-1]:.3f }}. The validation loss falls steeply, reaches its lowest point, marked by a dot, after {{ at[stop] }} steps, and then rises slowly." caption="Sixteen hidden units on one split. After the dot the network goes on learning its own patients and gets worse on the others. The weights at the dot are kept."
training, validation, _ = parts
_, _, path = fit((16,), training, validation, np.random.default_rng(0))
at = 20 * np.arange(len(path))
J_validation, J_training, _ = (np.array(column) for column in zip(*path))
stop = J_validation.argmin()

plt.figure()
plt.semilogy(at, J_training, "C0")
plt.semilogy(at, J_validation, "C1")
plt.plot(at[stop], J_validation[stop], "C1o")
plt.text(750, J_training[37] * 1.3, "training", color="C0")
plt.text(750, J_validation[37] * 1.2, "validation", color="C1")
plt.xlabel("steps of gradient descent")
plt.ylabel("loss J")
plt.show()

# %% [markdown]
# It turns after {{ at[stop] }} steps, at a loss of {{ J_validation[stop]:.3f }}. By the last step it has risen to {{ J_validation[-1]:.3f }},
# while the training loss has sunk to {{ J_training[-1]:.4f }}. Stopping early is the only regularisation in this lab.
#
# Is our logistic regression a fair rival? A baseline made weak on purpose would prove nothing. So it is held against
# scikit-learn's, which has a penalty on the weights instead of early stopping, on the same validation patients.

# %%
from sklearn.linear_model import LogisticRegression

J_ours, _, _ = fit((), training, validation, np.random.default_rng(0))
rival = LogisticRegression().fit(training[0], training[1][:, 0])
z_rival = rival.decision_function(validation[0])[:, None]
J_rival, _ = binary_cross_entropy(z_rival, validation[1])
print(f"validation loss: ours {J_ours:.3f}, scikit-learn's {J_rival:.3f}")

# %% [markdown]
# The two are close. The baseline stands.
#
# ## Ten splits, and a sealed envelope
#
# Now the whole procedure for ten seeds. Each seed draws its own split and its own starting weights. On each split the
# validation loss chooses between 4 and 16 hidden units for the network, as it chooses the step at which to stop. Logistic
# regression gets the same treatment, once with all features and once with the worst radius alone.
#
# What each method says about the test patients is put into an envelope and not looked at yet.

# %%
methods = {
    "one feature": (slice(20, 21), [()]),
    "logistic regression": (slice(30), [()]),
    "network": (slice(30), [(4,), (16,)]),
}
sealed, validated = [], {name: [] for name in methods}
for seed in range(10):
    parts, patients = divide(seed)
    envelope = {"patients": patients, "y": parts[2][1]}
    for name, (columns, candidates) in methods.items():
        training, validation, test = [(x_i[:, columns], y_i) for x_i, y_i in parts]
        fits = []
        for units in candidates:
            rng = np.random.default_rng(seed)
            fits.append((*fit(units, training, validation, rng), units))
        J, predict, _, units = min(fits, key=lambda one: one[0])
        validated[name].append((J, units, predict(validation[0]), validation[1]))
        envelope[name] = predict(test[0])
    sealed.append(envelope)

# %% [markdown]
# Before the envelope is opened, the validation losses:

# %%
J = {name: np.array([split[0] for split in validated[name]]) for name in methods}
for name in methods:
    print(f"{name:<20} J = {J[name].mean():.3f} ± {J[name].std():.3f}")
lead = J["logistic regression"] - J["network"]
sixteen = sum(units == (16,) for _, units, _, _ in validated["network"])

# %% [markdown]
# The numbers after ± are standard deviations over the ten splits, here and below. All features beat one by a wide
# margin. The network is ahead of logistic regression by {{ lead.mean():.3f }} ± {{ lead.std():.3f }}, but this lead is counted on the patients who chose, and
# the network had two candidates where its rival had one. In {{ sixteen }} of 10 splits the 16 units were chosen.
#
# ## The price of an error
#
# One thing is left to choose. Calling a tumour malignant where $p = \sigma(z) > 1/2$ treats both errors alike, and they are
# not alike: a missed tumour can cost a life, a false alarm costs a second examination. Suppose that one miss weighs as much as
# ten false alarms. The ten is ours, for this exercise; in a clinic it would be for patients and physicians to say.
#
# The validation patients of each split choose the threshold with the smallest total cost, the lowest where several
# tie. It is set on $z$, where $p > 1/2$ means $z > 0$.


# %%
def cost(z, y, threshold):
    missed, alarmed = (z <= threshold) & (y == 1), (z > threshold) & (y == 0)
    return 10 * missed.sum() + alarmed.sum()


grid = np.linspace(-4, 4, 81)
thresholds = {}
for name, splits in validated.items():
    best = [np.argmin([cost(z, y_i, t) for t in grid]) for *_, z, y_i in splits]
    thresholds[name] = grid[best]
    p = 1 / (1 + np.exp(-grid[best]))
    print(f"{name:<20} p > {np.median(p):.2f}, from {p.min():.2f} to {p.max():.2f}")

# %% [markdown]
# The first number is the median of the ten, and it lies below 1/2, as it should. If the probabilities were right, the best
# threshold would be $1 / (1 + 10) \approx {{ 1 / 11:.2f }}$, because ten times $p$ then outweighs $1 - p$. The range is a warning: a handful of patients near the
# border decides each threshold, and another handful decides otherwise.
#
# ## Opening the envelope
#
# Everything is chosen. Now the test patients, once.

# %%
print(" " * 20 + "cut   accuracy       sensitivity    specificity    cost")
opened = {}
for name in methods:
    for rule, cuts in (("1/2", np.zeros(10)), ("own", thresholds[name])):
        rows = []
        for e, cut in zip(sealed, cuts):
            y_hat = np.where(e[name] > cut, 1.0, 0.0)
            rows.append([*rates(y_hat, e["y"]), cost(e[name], e["y"], cut)])
        opened[name, rule] = table = np.array(rows)
        mean, deviation = table.mean(axis=0), table.std(axis=0)
        cells = [f"{m:.3f} ± {d:.3f}" for m, d in zip(mean[:3], deviation)]
        cells.append(f"{mean[3]:4.0f} ± {deviation[3]:2.0f}")
        print(f"{name:<20}{rule:<6}{'  '.join(cells)}")

# %% [markdown]
# Read the rows in pairs: with the cut at 1/2, then with each method's own threshold. The figure shows the accuracy at 1/2 once
# more, split by split.

# %% alt="The test accuracy of three methods, one thin line for each of ten splits. With one feature it lies between {{ accuracy[0].min():.2f }} and {{ accuracy[0].max():.2f }}. For logistic regression and the network it lies between {{ accuracy[1:].min():.2f }} and {{ accuracy[1:].max():.2f }}, and the ten lines between these two are nearly level." caption="Each line is one split of the patients, each bar the mean of the ten. From one feature to thirty nearly all lines rise. From logistic regression to the network they are level. Saying “benign” to everyone lies far below the figure, at {{ always_benign:.2f }}."
accuracy = np.array([opened[name, "1/2"][:, 0] for name in methods])
always_benign = np.mean([1 - e["y"].mean() for e in sealed])

plt.figure()
plt.plot(range(3), accuracy, color="C7", linewidth=0.8, marker="o", markersize=3)
for column, colour in enumerate(("C4", "C1", "C0")):
    middle = accuracy[column].mean()
    plt.plot([column - 0.12, column + 0.12], [middle] * 2, color=colour, linewidth=4)
plt.xticks(range(3), methods)
plt.xlim(-0.25, 2.25)
plt.ylabel("test accuracy")
plt.show()

# %%
difference = accuracy[2] - accuracy[1]
mean, deviation = difference.mean(), difference.std()
print(f"network minus logistic regression: {mean:+.3f} ± {deviation:.3f}")
print("in patients, split by split:", *(f"{114 * d:+.0f}" for d in difference))
half, own = (opened["network", rule].mean(axis=0) for rule in ("1/2", "own"))

# %% [markdown]
# With the cut at 1/2 the network is right for {{ 100 * accuracy[2].mean():.1f }} % of the test patients and logistic regression for
# {{ 100 * accuracy[1].mean():.1f }} %. In no split do they differ by more than {{ abs(difference * 114).max():.0f }} patients. Which one is better, these data cannot tell.
#
# The threshold changes far more than the hidden layer. With its own threshold the network misses {{ 100 - 100 * own[1]:.0f }} % of the malignant
# tumours instead of {{ 100 - 100 * half[1]:.0f }} %, and alarms {{ 100 - 100 * own[2]:.0f }} % of those with a benign one instead of {{ 100 - 100 * half[2]:.0f }} %. Its accuracy falls, and its cost falls
# too, from {{ half[3]:.0f }} to {{ own[3]:.0f }}: what counts as better depends on what an error costs. Logistic regression gains in the same way.
#
# ## Where the errors are
#
# An accuracy is a count of people. Who are they? The next run gathers, over all splits, the patients whom each method got wrong
# at least once while they were test patients.

# %%
wrong = {name: np.zeros(len(x), dtype=bool) for name in methods}
tested = np.zeros(len(x), dtype=bool)
for e in sealed:
    tested[e["patients"]] = True
    for name in methods:
        wrong[name][e["patients"]] |= ((e[name] > 0) != e["y"])[:, 0]

a, b = wrong["logistic regression"], wrong["network"]
both = (a & b).sum()
print(f"{tested.sum()} patients were tested at least once")
print(f"wrong: logistic regression {a.sum()}, network {b.sum()}, both {both}")

# %% [markdown]
# What do the errors of the network look like in the two features that show size and dents?

# %%
groups = {
    "benign": ~malignant,
    "false alarms": b & ~malignant,
    "missed": b & malignant,
    "malignant": malignant,
}
print("medians       patients  worst radius  worst concave points")
for name, group in groups.items():
    middle = np.median(x[group][:, [20, 27]], axis=0)
    print(f"{name:<13}{group.sum():9}{middle[0]:14.1f}{middle[1]:22.3f}")

# %% [markdown]
# Both kinds of error lie between the classes. The same two features as a picture:

# %% alt="A scatter of worst radius against worst concave points. Benign patients fill the lower left, malignant ones the upper right. Rings mark the errors of the network: nearly all lie in the band where the two clouds meet." caption="Patients whom the network got wrong (rings), in two of the thirty features. Both kinds of error lie where the classes meet."
dents = x[:, 27]

plt.figure()
for part, colour in ((tested & ~malignant, "C0"), (tested & malignant, "C1")):
    where = worst_radius[part], dents[part]
    plt.plot(*where, ".", color=colour, markersize=4, rasterized=True)
for part, colour in ((b & ~malignant, "C0"), (b & malignant, "C1")):
    where = worst_radius[part], dents[part]
    plt.plot(*where, "o", color=colour, markersize=8, fillstyle="none")
plt.text(17.5, 0.01, "benign", color="C0")
plt.text(21.8, 0.1, "malignant", color="C1")
plt.xlim(9, 24)
plt.ylim(-0.01, 0.23)
plt.xlabel("worst radius")
plt.ylabel("worst concave points")
plt.show()

# %% [markdown]
# Of the {{ b.sum() }} patients whom the network got wrong, {{ both }} are wrong for logistic regression as well. The two do not only
# err equally often, they err on the same people: on malignant tumours whose nuclei are small and smooth for malignant ones,
# and on benign tumours whose nuclei are large and dented for benign ones. A hidden layer has not helped here; another look
# through the microscope might.
#
# ## Verdict
#
# The network tells malignant from benign about as well as logistic regression, and no better. It is the case with which
# [the first chapter](../context.md) begins: people who know the subject have put their knowledge into the features of a table, and
# little is left for a hidden layer to find. Street, Wolberg and Mangasarian reported 97 % in 1993, with one plane through
# three of these features. For such data take the model that is easier to explain, and spend the time saved on the
# threshold and on the patients it gets wrong.
#
# Three things this lab cannot say.
#
# - How well any of this works elsewhere. All patients come from one hospital, and were measured by the same people.
# - How sure a probability is. Accuracy was tested here, and the probabilities were not.
# - How unbiased the choice of settings was. The learning rate and the sizes 4 and 16 were settled beforehand on the validation losses of
#   six of the ten splits, and a patient who validates in one split is tested in another. Where two methods tie, this changes
#   nothing; a claim that one wins would need patients whom nobody has touched.
#
# Once more: this is an exercise in method. It is not a medical device, and nothing here is for clinical use.
#
# ## Go on from here
#
# The notebook above runs alone. Three changes are worth a try.
#
# 1. Take the standardisation out of `divide`, so that it returns `x[part]` as it is. Then look for a learning rate with which
#    the loss falls as far as before. One step is too long for the areas and too short for the smoothness.
# 2. Give the network only the worst radius and the worst concave points. How much of the accuracy is left?
# 3. Let one miss weigh as much as a hundred false alarms. Where does the threshold go, and how much does it still vary?
#
# ## Further reading
#
# - W. N. Street, W. H. Wolberg, O. L. Mangasarian (1993). Nuclear feature extraction for breast tumor diagnosis. *Proceedings of
#   SPIE* 1905, 861-870. How the thirty features were measured.
# - W. H. Wolberg, W. N. Street, O. L. Mangasarian (1994). Machine learning techniques to diagnose breast cancer from
#   image-processed nuclear features of fine needle aspirates. *Cancer Letters* 77, 163-171. The same patients, and 54 new
#   ones on whom the method was tried.
# - O. L. Mangasarian, W. N. Street, W. H. Wolberg (1995). Breast cancer diagnosis and prognosis via linear programming. *Operations
#   Research* 43(4), 570-577. How the separating plane was found.
