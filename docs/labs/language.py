# ---
# description: A character model on Python's own language reference, an LSTM with three budgets of training against n-grams, in bits per character on held-out text, with samples at four temperatures.
# question: Can a small LSTM learn the language of Python's manual, and does it beat counting?
# ---

# %% [markdown]
# # Lab: a model of text
#
# A language model says how probable each next character is, after all that came before. To write down a character to which it gave the probability $p$ costs $-\log_2 p$ bits, so whoever predicts well needs few: the mean over a text, in **bits per character**, is the measure of this lab. And whoever draws from the predictions can write a new text. Shannon (1951) measured English with this game.
#
# The text of this lab is on every machine that has Python: the topics of its language reference, which `help("FLOAT")` and its like
# show. An [LSTM](../sequences/lstm.md) reads them character by character. Its rivals count: an **n-gram** model predicts the next
# character from how often each followed the same $n - 1$ characters before. The question is who needs fewer bits for pages that neither has seen, and how that depends on the training.

# %% tags=["script"]
# ruff: noqa: E402, E501
import sys

sys.path.append("")

# %% [markdown]
# ## The text
#
# Every topic is one page, and pages quote each other, whole passages long. A test page whose paragraphs also stand in the training text would measure memory, so each paragraph is kept only where it
# first occurs. Then the pages are divided, and none is cut in the middle, since a page repeats its own words. All but every sixth, in the order of their names, are for
# training. Of the others, every second page chooses (validation) and the rest judge (test). Line breaks and rows of spaces become one space, and what is
# not plain ASCII becomes `~`.

# %%
from pydoc_data.topics import topics

import numpy as np

pages, met, quoted = [], set(), 0
for name in sorted(topics):
    kept = []
    for paragraph in topics[name].split("\n\n"):
        words = " ".join(paragraph.split())
        quoted += len(words) if words in met else 0
        kept += [] if words in met else [words]
        met.add(words)
    page = " ".join(kept) + " "
    pages.append("".join(c if " " <= c <= "~" else "~" for c in page))
parts = {
    "train": "".join(page for i, page in enumerate(pages) if i % 6),
    "validation": "".join(pages[::12]),
    "test": "".join(pages[6::12]),
}
alphabet = sorted(set("".join(parts.values())))
number = {c: i for i, c in enumerate(alphabet)}
codes = {name: np.array([number[c] for c in text]) for name, text in parts.items()}
K = len(alphabet)

print(f"{quoted:,} characters stood in paragraphs that had occurred before, and were left out")
for name, text in parts.items():
    print(f"{name:<11}{len(text):8,} characters")
print(f"alphabet of {K} characters; one at random costs {np.log2(K):.2f} bits")
print(parts["train"][1000:1160])

# %% [markdown]
# ## Counting
#
# The simplest model knows how often each character occurs. The next one counts pairs, then triples, and so on. A long context says more, and
# has been seen more rarely: after a context that never occurred there is nothing to count. So the orders are mixed. Where the context $u$ was seen
# $n_u$ times and followed by $r_u$ different characters, the model takes
#
# $$p(c \mid u) = \frac{n_{uc} + r_u\, p(c \mid u')}{n_u + r_u},$$
#
# where $n_{uc}$ counts $c$ after $u$, and $u'$ is the context without its first character (Witten and Bell 1991). At the bottom stands $1/K$ for each of the $K$ characters of the alphabet. A context
# that was followed by many different characters trusts the shorter one more. The first 32 characters of a text are context only, for all models of this lab.


# %%
def count(text, order):
    """For each context of up to `order` characters, how often each character followed it."""
    counts = [{} for _ in range(order + 1)]
    for n, followers in enumerate(counts):
        for t in range(n, len(text)):
            after = followers.setdefault(text[t - n : t], {})
            after[text[t]] = after.get(text[t], 0) + 1
    return counts


def probability(counts, context, c):
    p = 1 / K
    for n, followers in enumerate(counts):
        after = followers.get(context[len(context) - n :])
        if after is None:
            break
        seen = sum(after.values())
        p = (after.get(c, 0) + len(after) * p) / (seen + len(after))
    return p


T = 32


def bits_by_counting(counts, text):
    """Bits per character of all whole pieces of T characters behind the first T + 1."""
    order, whole = len(counts) - 1, (len(text) - T - 1) // T * T
    logs = [np.log2(probability(counts, text[t - order : t], text[t])) for t in range(T + 1, T + 1 + whole)]
    return -np.mean(logs)


counts = count(parts["train"], 6)
counted = {}
for order in range(7):
    counted[order] = bits_by_counting(counts[: order + 1], parts["validation"])
    print(f"{order} characters before: {counted[order]:.2f} bits on validation")
best = min(counted, key=counted.get)

# %% [markdown]
# How to read such a number: a model that needs $b$ bits for a character is as unsure, on average, as one that has to choose among $2^b$ equally likely ones. {{ counted[best]:.2f }} bits are a choice among {{ 2 ** counted[best]:.1f }}, of {{ K }}.
#
# Up to {{ best }} characters of context help. Longer ones hurt, though rare contexts fall back on shorter ones: by the formula a context that was seen once has a weight of one half, and that is too much for it.
#
# ## The LSTM
#
# Each character is a step $x_t$ with a 1 in its own place and 0 elsewhere. At every step the network gives a score for each character of the alphabet, and the target is the
# next character: `chain(lstm, every_step, dense)` with the [cross-entropy](../training/losses.md). `every_step` puts the states of all steps under each other as rows. Training takes pieces
# of 32 characters from random places, 16 at a time. The state begins at 0 in each piece, so no gradient and no memory goes across: nothing further back than 32 characters can be
# used in training.
#
# The learning rate follows a [cosine](../training/learning_rate.md) that ends with the training, so a longer training is a run of its own. There are three: 200, 800 and 2,400 steps, with one seed each. All is computed in 32-bit numbers, and the loss is the mean over characters in units of $\log 2$: bits.

# %%
import matplotlib.pyplot as plt

from snippets.activations import softmax
from snippets.descent import objective, pack
from snippets.learning_rate import cosine, scheduled
from snippets.losses import cross_entropy
from snippets.lstm import initialise_lstm, lstm
from snippets.network import chain
from snippets.optimizers import adam, gradient_of
from snippets.perceptron import dense
from snippets.recurrent import clipped, every_step

B, k = 16, 96
network = chain(lstm, every_step, dense)
one_hot = np.eye(K, dtype=np.float32)


def bits(parameters, code):
    """Bits per character of the same characters, in pieces of 2 T whose first half is context only."""
    pieces = np.lib.stride_tricks.sliding_window_view(code, 2 * T + 1)[::T]
    total = []
    for start in range(0, len(pieces), 64):
        piece = pieces[start : start + 64]
        z, _ = network(parameters, one_hot[piece[:, :-1]])
        z = z.reshape(len(piece), 2 * T, K)[:, T:].reshape(-1, K)
        total.append([cross_entropy(z, piece[:, T + 1 :].ravel())[0], len(piece)])
    J, weight = np.transpose(total)
    return np.average(J, weights=weight) / np.log(2)


def train(steps):
    rng, memory, curve = np.random.default_rng(0), (), []
    last = rng.normal(size=(k, K)) / np.sqrt(k), np.zeros(K)
    theta, unpack = pack((initialise_lstm(rng, K, k), (), last))
    theta = theta.astype(np.float32)
    step = scheduled(adam, cosine(0.02, 0.001, steps))
    for t in range(steps):
        place = rng.integers(0, len(codes["train"]) - T - 1, size=(B, 1))
        piece = codes["train"][place + np.arange(T + 1)]
        x, y = one_hot[piece[:, :-1]], piece[:, 1:].ravel()
        on = clipped(objective(network, cross_entropy, unpack, x, y), 1.0)
        theta, memory = step(theta, gradient_of(on), *memory)
        if t + 1 in (50, 100, 200, 400, 800, steps):
            curve.append((t + 1, bits(unpack(theta), codes["validation"])))
    return unpack(theta), curve


runs = {steps: train(steps) for steps in (200, 800, 2400)}
validated = {steps: curve[-1][1] for steps, (_, curve) in runs.items()}
for steps, value in validated.items():
    share = 100 * B * T * steps / len(codes["train"])
    print(f"LSTM, {steps:5} steps, {share:4.0f} % of the training text: {value:.2f} bits on validation")
print(f"counting, {best} characters before: {counted[best]:.2f}")

# %% alt="Bits per character on validation text against the number of training steps, on a logarithmic axis: three falling curves of the LSTM with 200, 800 and 2,400 steps, and level dotted lines for counting with 0, 1, 2 and 4 characters of context. The longest run ends below the lowest of these." caption="The LSTM on validation text during training, three runs with a schedule of their own. Dotted: counting, with the number of characters of context."
plt.figure(figsize=(6, 3.2))
for (steps, (_, curve)), color in zip(runs.items(), ("C2", "C3", "C0")):
    plt.semilogx(*np.transpose(curve), color + "o-", markersize=4, linewidth=1.4)
    side = "top" if steps == 2400 else "bottom"
    plt.text(steps * 1.08, curve[-1][1], f"{steps:,} steps", color=color, va=side)
for order in (0, 1, 2, best):
    plt.axhline(counted[order], color="C1", linestyle=":", linewidth=1.1)
    plt.text(31, counted[order] + 0.04, f"{order} before", color="C1")
plt.ylim(1.5, 5.5)
plt.xlim(30, 7000)
plt.xticks((50, 200, 800, 2400), ("50", "200", "800", "2,400"))
plt.xlabel("training steps")
plt.ylabel("bits per character")
plt.show()

# %% [markdown]
# With 200 steps the network is {{ "better" if validated[200] < counted[2] else "worse" }} than counting with two characters of context. With 800 it needs {{ abs(validated[800] - counted[best]):.2f }} bits {{ "more" if validated[800] > counted[best] else "less" }} than the best of the counting models, with 2,400 {{ abs(validated[2400] - counted[best]):.2f }} bits {{ "more" if validated[2400] > counted[best] else "less" }}. So who wins is a question of the training. (At the same step the longer runs are ahead of the finished shorter ones: where the rate goes down early, it probably goes down before enough is learned. Each budget has the same rate at its start; none was tuned.) Now the test pages.

# %%
on_test = {f"counting, {order} before": bits_by_counting(counts[: order + 1], parts["test"]) for order in (2, best, 6)}
on_test |= {f"LSTM, {steps:,} steps": bits(parameters, codes["test"]) for steps, (parameters, _) in runs.items()}
for name, value in on_test.items():
    print(f"{name:<20}{value:.2f} bits")
by_count = on_test[f"counting, {best} before"]
test_pages = [page for page in pages[6::12] if len(page) > 4 * T]
lead = [
    bits(runs[2400][0], np.array([number[c] for c in page])) - bits_by_counting(counts[: best + 1], page)
    for page in test_pages
]
print(f"page by page, LSTM with 2,400 steps less counting: {min(lead):+.2f} to {max(lead):+.2f} bits")
print(
    f"the LSTM needs fewer bits on {sum(d < 0 for d in lead)} of {len(lead)} test pages of more than {4 * T} characters"
)
long = {parts["train"][t : t + 20] for t in range(len(parts["train"]) - 19)}
overlap = {}
for name in ("validation", "test"):
    overlap[name] = 100 * np.mean([parts[name][t : t + 20] in long for t in range(len(parts[name]) - 19)])
    print(f"of the strings of 20 characters in {name}, {overlap[name]:.0f} % stand in the training text")

# %% [markdown]
# On the test pages the LSTM needs {{ on_test["LSTM, 800 steps"]:.2f }} bits with 800 steps and {{ on_test["LSTM, 2,400 steps"]:.2f }} with 2,400, and counting {{ by_count:.2f }}: after the long training the two are closer here than on the validation pages, and page by page neither is always ahead. Counting and the two longer runs all need 0.3 to 0.5 bits less here than there. Long passages known by heart are not the reason: {{ overlap["test"]:.0f }} % of the strings of 20 characters on the test pages stand in the training text as well, and {{ overlap["validation"]:.0f }} % of those on the validation pages. So some pages are easier for everybody, and a number of bits means something only beside another one for the same text.
#
# The LSTM has {{ sum(np.size(a) for part in runs[800][0] for a in part) }} numbers to hold what it has learned. The counting model holds {{ sum(len(after) for followers in counts[: best + 1] for after in followers.values()) }} counts, and needs no training. Trained far longer and on longer texts, networks are
# clearly ahead of counting (Karpathy, Johnson and Fei-Fei 2016). A rival that only counts is still not to be left out: without it, the {{ validated[800]:.1f }} bits of 800 steps on validation would have looked like a success.
#
# ## Samples
#
# To write, draw a character from the prediction, append it, and ask again. The **temperature** $\tau$ divides the scores before the softmax. Below 1 it makes the probable characters more probable,
# above 1 it makes all more alike.


# %%
beginning, length, N = "The value of the ", 120, 16


def sample(parameters, temperature):
    """N texts that begin alike."""
    rng, code = np.random.default_rng(0), np.tile([number[c] for c in beginning], (N, 1))
    for _ in range(length):
        z, _ = network(parameters, one_hot[code[:, -T:]])
        p, _ = softmax((), z.reshape(N, -1, K)[:, -1].astype(float) / temperature)
        drawn = (p.cumsum(axis=1) < rng.random((N, 1))).sum(axis=1)
        code = np.column_stack([code, np.minimum(drawn, K - 1)])
    return ["".join(alphabet[c] for c in row) for row in code]


def sample_by_counting():
    rng, made = np.random.default_rng(0), []
    for _ in range(N):
        text = beginning
        for _ in range(length):
            p = np.array([probability(counts[: best + 1], text[-best:], c) for c in alphabet])
            text += alphabet[rng.choice(K, p=p / p.sum())]
        made.append(text)
    return made


def words(text):
    return "".join(c if c.isalpha() else " " for c in text).split()


vocabulary = set(words(parts["train"]))


def known(texts):
    """The share in % of words that the training text has, the beginning and the cut last word left out."""
    return 100 * np.mean([word in vocabulary for text in texts for word in words(text)[4:-1]])


samples = {f"LSTM, temperature {tau}": sample(runs[2400][0], tau) for tau in (0.3, 0.7, 1.0, 1.4)}
samples["LSTM with 800 steps, temperature 1.0"] = sample(runs[800][0], 1.0)
samples["counting"] = sample_by_counting()
shares = {name: known(texts) for name, texts in samples.items()}
for name, texts in samples.items():
    print(f"{name}: {shares[name]:.0f} % known words")
    for start in range(0, len(texts[0]), 76):
        print("   ", texts[0][start : start + 76])
of_test = known([parts["test"]])
print(f"words of the test pages that the training text has: {of_test:.0f} %")

# %% [markdown]
# One sample of each is shown; the share of known words is counted over 16. At a low temperature the network repeats what is most common. The higher it is, the more of the words do not exist. At 1, where each draws from its own prediction, {{ shares["LSTM, temperature 1.0"]:.0f }} % of the words of the LSTM stand in the training text, {{ shares["LSTM with 800 steps, temperature 1.0"]:.0f }} % with 800 steps, and {{ shares["counting"]:.0f }} % of those by counting, which makes nearly everything of pieces of {{ best + 1 }} characters that it has seen. Fewer bits and more real words are not the same. None of the samples
# says anything. The model knows what tends to stand beside what, and nothing of what it is about.
#
# ## Verdict
#
# How well a model has learned a text is a number that can be compared: bits per character, on pages that it has not seen. On the validation pages counting with a context of {{ best }} characters is {{ "ahead of" if counted[best] < validated[800] else "behind" }} an LSTM that was trained for 800 steps, and {{ "ahead of" if counted[best] < validated[2400] else "behind" }} one that was trained for 2,400. On the few test pages the longer one and counting are level. A comparison with a network says little without its budget.
#
# What this lab cannot say: where the LSTM would end, since its curve still falls; how far each would get with more text, since the manual is short; whether another split of the pages would change the order, since the test is {{ len(parts["test"]) // 1000 }} thousand characters long and pages differ; and anything on other sizes, since one size and
# one learning rate were run, and each run once; and whether counting could be had better, since how it trusts rare contexts was not tuned. The text belongs to the installed version of Python ({{ sys.version.split()[0] }} here), so the numbers differ a little with it.
#
# ## Go on from here
#
# 1. Train for ten times as many steps. Where does the LSTM end, on validation? Does it begin to know the training text by heart?
# 2. Give the counting model and the LSTM one probability together, their mean. Do they know the same?
# 3. Replace `lstm` by `recurrent`, with `initialise_recurrent`. How much is lost?
#
# ## Further reading
#
# - C. E. Shannon (1951). Prediction and entropy of printed English. *Bell System Technical Journal* 30, 50-64.
# - I. H. Witten, T. C. Bell (1991). The zero-frequency problem: estimating the probabilities of novel events in adaptive text compression. *IEEE Transactions on Information Theory* 37, 1085-1094.
# - A. Karpathy, J. Johnson, L. Fei-Fei (2016). Visualizing and understanding recurrent networks. *ICLR workshop*. Characters, and what single units of an LSTM follow.
