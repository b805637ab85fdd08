# ---
# description: A character model on Python's own language reference, an LSTM with three budgets of training against n-grams, in bits per character on pages that neither has seen, with samples at three temperatures.
# question: Can a small LSTM learn the language of Python's manual, and does it beat counting?
# ---

# %% [markdown]
# # Lab: a model of text
#
# A language model says how probable each next character is, after all that came before. To write down a character to which it gave the probability $p$ costs $-\log_2 p$ bits: 0 where the model was certain and right, 1 where it had left it to a coin. The mean over a text, in **bits per character**, is the measure of this lab. (It is the mean negative log-likelihood, with logarithms to base 2.) Whoever draws from the predictions can write a new text. Shannon (1951) let people guess each letter of an English text until they were right, and concluded from the numbers of guesses that English needs between 0.6 and 1.3 bits, with 27 symbols.
#
# The text of this lab is on every machine that has Python: the topics of its language reference, which `help("FLOAT")` and its like
# show. An [LSTM](../sequences/lstm.md) reads them character by character. Its rivals count: an **n-gram** model predicts the next
# character from how often each followed the same $n - 1$ characters before. The question is who needs fewer bits for pages that neither has seen, and how that depends on the training of the one and on the care given to the other.

# %% tags=["script"]
# ruff: noqa: E402, E501
import sys

sys.path.append("")

# %% [markdown]
# ## The text
#
# Every topic is one page, and pages quote each other, whole passages long. A held-out page whose paragraphs also stand in the training text would measure memory, so each paragraph is kept only where it
# first occurs. Line breaks and rows of spaces become one space, and what is not plain ASCII becomes `~`.
#
# Then every sixth page, in the order of their names, is held out. None is cut in the middle, since a page repeats its own words. This is done twice, with other pages and with models of their own. What counting has to choose is chosen on every second held-out page and judged on the others, and the other way round. So no page judges a choice that it made.

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
alphabet = sorted(set("".join(pages)))
number = {c: i for i, c in enumerate(alphabet)}
K, T = len(alphabet), 32

divisions = []
for first in (0, 3):
    held = np.arange(first, len(pages), 6)
    text = "".join(pages[i] for i in held)
    train_text = "".join(page for i, page in enumerate(pages) if i % 6 != first)
    judged = slice(T, len(text) // T * T)  # the first T are context only, for all models
    page_of = np.repeat(held, [len(pages[i]) for i in held])[judged]
    divisions.append((train_text, text, judged, page_of))

print(f"{quoted:,} characters stood in paragraphs that had occurred before, and were left out")
for train_text, text, _, page_of in divisions:
    print(f"training {len(train_text):,} characters, held out {len(text):,} on {len(set(page_of))} pages")
print(f"alphabet of {K} characters; one at random costs {np.log2(K):.2f} bits")
print(divisions[0][0][1000:1160])

# %% [markdown]
# ## Counting
#
# The simplest model knows how often each character occurs. The next one counts pairs, then triples, and so on. A long context says more, and
# has been seen more rarely. So the orders are mixed. Where the context $u$ was seen
# $n_u$ times and followed by $r_u$ different characters, the model takes
#
# $$p(c \mid u) = \frac{n_{uc} + s\, r_u\, p(c \mid u')}{n_u + s\, r_u},$$
#
# where $n_{uc}$ counts $c$ after $u$, and $u'$ is the context without its first character. At the bottom stands $1/K$ for each of the $K$ characters of the alphabet. A context
# that was followed by many different characters trusts the shorter one more. With $s = 1$ this is the rule of Witten and Bell (1991): a context that was seen once has a weight of one half against the shorter one. Whether that is too much can be tried: with $s = 8$ it has one ninth.


# %%
from collections import Counter

longest, scales = 8, (1, 2, 4, 8, 16, 32)


def count(text):
    """How often each string of up to longest + 1 characters occurs, and how many different ones follow."""
    starts = range(len(text) - longest - 1)
    times = Counter(text[t : t + n] for n in range(longest + 2) for t in starts)
    return times, Counter(string[:-1] for string in times if string)


def mixed(n_uc, n_u, r_u, s):
    """p(c | u) by the formula, a row for each length of the context."""
    p, rows = 1 / K, []
    for uc, u, r in zip(n_uc, n_u, s * r_u):
        p = np.where(u > 0, (uc + r * p) / np.maximum(u + r, 1), p)
        rows.append(p)
    return rows


def bits_by_counting(counts, text, judged):
    """The bits of each judged character, for every length of the context and every s."""
    places, orders = range(judged.start, judged.stop), range(longest + 1)
    n_uc = np.array([[counts[0][text[t - n : t + 1]] for t in places] for n in orders])
    n_u, r_u = (np.array([[c[text[t - n : t]] for t in places] for n in orders]) for c in counts)
    return {(n, s): -np.log2(p) for s in scales for n, p in enumerate(mixed(n_uc, n_u, r_u, s))}


def crossed(candidates, page_of):
    """Each half of the pages by the candidate that is best on the other half; and the two choices."""
    half, chosen, result = page_of // 6 % 2, [], np.zeros(len(page_of))
    for h in (0, 1):
        chosen.append(min(candidates, key=lambda name: candidates[name][half != h].mean()))
        result[half == h] = candidates[chosen[-1]][half == h]
    return result, chosen


models, plain, tuned = [], [], []
for train_text, text, judged, page_of in divisions:
    counts = count(train_text)
    counted = bits_by_counting(counts, text, judged)
    models.append((counts, counted))
    plain.append(crossed({name: b for name, b in counted.items() if name[1] == 1}, page_of))
    tuned.append(crossed(counted, page_of))

counts, counted = models[0]
print("bits on the held-out pages of the first division, by the length of the context")
print("        " + "".join(f"{n:6}" for n in range(longest + 1)))
for s in scales:
    print(f"s = {s:<4}" + "".join(f"{counted[n, s].mean():6.2f}" for n in range(longest + 1)))
for d in (0, 1):
    print(f"division {d + 1}, (context, s) chosen by each half: with s = 1 {plain[d][1]}, of all {tuned[d][1]}")

# %% [markdown]
# How to read such a number: a model that needs $b$ bits for a character pays as much, on average, as for a choice among $2^b$ equally likely ones. {{ tuned[0][0].mean():.2f }} bits are a choice among {{ 2 ** tuned[0][0].mean():.1f }}, of {{ K }}.
#
# With $s = 1$ the best context is {{ min(range(longest + 1), key=lambda n: counted[n, 1].mean()) }} characters long, and longer ones hurt, though rare contexts fall back on shorter ones. One half was indeed too much. With a larger $s$ longer contexts help, and the chosen pairs are ahead of those with $s = 1$ by {{ plain[0][0].mean() - tuned[0][0].mean():.2f }} and {{ plain[1][0].mean() - tuned[1][0].mean():.2f }} bits in the two divisions. Both will be rivals. (Chen and Goodman 1999 compare many more rules.)
#
# ## The LSTM
#
# Each character is a step $x_t$ with a 1 in its own place and 0 elsewhere. At every step the state takes in one character, and from the state a layer computes a score for each character of the alphabet. Softmax makes these the probabilities of the *next* character, the target of this step. The same weights serve at every step.
#
# | step $t$ | 1 | 2 | 3 | 4 | 5 | 6 |
# | --- | --- | --- | --- | --- | --- | --- |
# | read, $x_t$ | T | h | e | ␣ | t | y |
# | $h_t$ has seen | T | Th | The | The␣ | The␣t | The␣ty |
# | target | h | e | ␣ | t | y | p |
#
# The loss is the mean [cross-entropy](../training/losses.md) over all targets: `chain(lstm, every_step, dense)`, where `every_step` puts the states of all steps under each other as rows. What lies further back than any counted context can still be in the state. Karpathy, Johnson and Fei-Fei (2016) found single units that follow whether a quotation is open.
#
# The LSTM has 96 units. Training takes pieces of 32 characters from random places, 16 at a time, with [Adam](../training/optimizers.md) and gradients no [longer](../sequences/recurrent.md) than 1. The state begins at 0 in each piece, so a training target has 1 to 32 characters before it. When the held-out pages are judged, each character has 32 to 63 before it (at the start of a page, out of the page before), up to twice as many as in training; sampling will show it at most 32.
#
# The learning rate follows a [cosine](../training/learning_rate.md) that ends with the training, so a longer training is a run of its own. There are three budgets: 200, 800 and 2,400 steps. To see what a choice is worth here, 800 steps are also run with twice the rate. The longest is run once for each division. A step has {{ B * T }} targets, so the three budgets are {{ 200 * B * T / len(divisions[0][0]):.1f }}, {{ 800 * B * T / len(divisions[0][0]):.1f }} and {{ 2400 * B * T / len(divisions[0][0]):.1f }} times the training text, which counting reads once. The network has {{ sum(np.size(a) for part in runs[0, 200] for a in part):,}} weights.

# %%
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


def coded(text):
    return np.array([number[c] for c in text])


def train(text, steps, eta=0.04, seed=0):
    rng, memory, code = np.random.default_rng(seed), (), coded(text)
    last = rng.normal(size=(k, K)) / np.sqrt(k), np.zeros(K)
    theta, unpack = pack((initialise_lstm(rng, K, k), (), last))
    theta = theta.astype(np.float32)
    step = scheduled(adam, cosine(eta, 0.001, steps))
    for _ in range(steps):
        place = rng.integers(0, len(code) - T, size=(B, 1))
        piece = code[place + np.arange(T + 1)]
        x, y = one_hot[piece[:, :-1]], piece[:, 1:].ravel()
        on = clipped(objective(network, cross_entropy, unpack, x, y), 1.0)
        theta, memory = step(theta, gradient_of(on), *memory)
    return unpack(theta)


def predicted(parameters, code):
    """The probabilities of the next character after each step: (N, T, K)."""
    z, _ = network(parameters, one_hot[code])
    return softmax((), z.astype(float))[0].reshape(*code.shape, K)


def bits(parameters, text):
    """The bits of each judged character: pieces of 2 T, whose first half is context only."""
    pieces, result = np.lib.stride_tricks.sliding_window_view(coded(text), 2 * T)[::T], []
    for part in np.array_split(pieces, len(pieces) // 64 + 1):
        p = predicted(parameters, part[:, :-1])[:, T - 1 :]
        result.append(-np.log2(np.take_along_axis(p, part[:, T:, None], axis=2)).ravel())
    return np.concatenate(result)


plan = {(0, 200): {}, (0, 800): {}, (0, 800, "twice the rate"): {"eta": 0.08}}
runs, tested = {}, {}
print(f"{'bits on held-out pages':38}")


def report(plan):
    for run, options in plan.items():
        (d, steps, *what), (train_text, text, *_) = run, divisions[run[0]]
        runs[run] = train(train_text, steps, **options)
        tested[run] = bits(runs[run], text)
        line = f"division {d + 1}, {steps:5,} steps {' '.join(what)}"
        print(f"{line:<38}{tested[run].mean():8.2f}")


report(plan)

# %% [markdown]
# That changes {{ tested[0, 800].mean() - tested[0, 800, "twice the rate"].mean():.2f }} bits. Now the longest budget.

# %%
report({(0, 2400): {}, (1, 2400): {"seed": 1}})
both = [-np.log2((2.0 ** -tested[d, 2400] + 2.0 ** -tuned[d][0]) / 2) for d in (0, 1)]
seen = [bits(runs[1 - d, 2400], divisions[d][1]).mean() for d in (0, 1)]
for d in (0, 1):
    rivals = {"counting, s = 1": plain[d][0], "counting, s chosen": tuned[d][0]}
    rivals["mean of it and the LSTM"] = both[d]
    for what, b in rivals.items():
        print(f"division {d + 1}, {what:<26}{b.mean():8.2f}")

# %% alt="Bits per character against training steps on a logarithmic axis, for the first division. The LSTM on held-out pages falls from {{ tested[0, 200].mean():.1f }} at 200 steps to {{ tested[0, 2400].mean():.1f }} at 2,400. Level lines: counting with s = 1 lies above the last point, counting with s chosen below it, and the mean of LSTM and counting lowest." caption="Bits on the held-out pages of the first division, for three budgets of training. Level lines: counting, once with two characters of context, and twice with what was chosen on the other half of the pages; and the mean of its probabilities and those of the longest run."
import matplotlib.pyplot as plt

steps = (200, 800, 2400)
plt.figure(figsize=(6, 3.4))
plt.semilogx(steps, [tested[0, n].mean() for n in steps], "C0o-")
plt.text(2600, tested[0, 2400].mean(), "LSTM", color="C0", va="center")
plt.axhline(both[0].mean(), color="C2", linestyle=":", linewidth=1.3)
plt.text(165, both[0].mean() - 0.01, "mean of both", color="C2", va="top")
levels = {"2 before, s = 1": counted[2, 1], "s = 1": plain[0][0], "s chosen": tuned[0][0]}
for name, b in levels.items():
    plt.axhline(b.mean(), color="C1", linestyle=":", linewidth=1.3)
    plt.text(800 if "2" in name else 165, b.mean() + 0.01, f"counting, {name}", color="C1", va="bottom")
plt.xlim(160, 5500)
plt.ylim(1.6, 3.2)
plt.xticks(steps, [f"{n:,}" for n in steps])
plt.minorticks_off()
plt.xlabel("training steps")
plt.ylabel("bits per character")
plt.show()

# %% [markdown]
# With 200 steps the network is worse than counting with two characters of context, and with 800 still worse than counting with $s = 1$. With 2,400 it is ahead of that, by {{ plain[0][0].mean() - tested[0, 2400].mean():.2f }} and {{ plain[1][0].mean() - tested[1, 2400].mean():.2f }} bits in the two divisions. One chosen constant turns that round: the LSTM is behind by {{ tested[0, 2400].mean() - tuned[0][0].mean():.2f }} and {{ tested[1, 2400].mean() - tuned[1][0].mean():.2f }}. The two do not know the same: the mean of their probabilities needs fewer bits than either, {{ both[0].mean():.2f }} and {{ both[1].mean():.2f }}.
#
# Would more steps do it? The line still falls, so this is not known. But part of what the network learns is the training text itself. The model of the other division had these very pages in its training text, and needs {{ seen[0]:.2f }} and {{ seen[1]:.2f }} bits for them, {{ tested[0, 2400].mean() - seen[0]:.2f }} and {{ tested[1, 2400].mean() - seen[1]:.2f }} less than the one that has not seen them.
#
# ## Page by page
#
# A mean over characters is mostly one over the long pages. Now each page is one observation, on which two models are compared.

# %% alt="Dots for the pages, the difference in bits between the LSTM and counting against the number of characters on a logarithmic axis. Against counting with s = 1 they lie on both sides of zero, below it for most of the longest pages. Against counting with s chosen nearly all lie between 0.1 and 0.3, and {{ ahead['s chosen'] }} lie below zero." caption="Each page of more than {{ 4 * T }} judged characters, from both divisions. Above zero the LSTM with 2,400 steps needs more bits than counting."
from scipy.stats import ttest_1samp

rivals = {"s = 1": plain, "s chosen": tuned}
size, division, lead = [], [], {name: [] for name in rivals}
for d, (_, _, _, page_of) in enumerate(divisions):
    for page in set(page_of):
        here = page_of == page
        if here.sum() > 4 * T:
            size.append(here.sum())
            division.append(d)
            for name, rival in rivals.items():
                lead[name].append((tested[d, 2400] - rival[d][0])[here].mean())
mean = {name: np.mean(gaps) for name, gaps in lead.items()}
low, high, ahead, whole = {}, {}, {}, {}
plt.figure(figsize=(6, 3.2))
for (name, gaps), look in zip(lead.items(), ("C7o", "C1o")):
    low[name], high[name] = ttest_1samp(gaps, 0).confidence_interval()
    ahead[name], whole[name] = np.sum(np.array(gaps) < 0), np.average(gaps, weights=size)
    print(f"LSTM less counting with {name}:")
    print(f"  mean of the pages {mean[name]:+.3f} bits, 95 % interval {low[name]:+.3f} to {high[name]:+.3f}")
    print(f"  over all their characters {whole[name]:+.3f}; the LSTM ahead on {ahead[name]} of {len(gaps)} pages")
    plt.semilogx(size, gaps, look, markersize=5)
plt.text(1500, 0.4, "against counting, s chosen", color="C1")
plt.text(1800, -0.2, "against counting, s = 1", color="C7")
plt.axhline(0, color="C7", linewidth=1)
plt.xlim(200, 60_000)
plt.xticks((300, 1000, 3000, 10_000, 30_000), ("300", "1,000", "3,000", "10,000", "30,000"))
plt.minorticks_off()
plt.xlabel("characters of the page that are judged")
plt.ylabel("LSTM less counting, bits")
plt.show()

# %% [markdown]
# Against counting with $s = 1$ nothing is decided. The LSTM is ahead on {{ ahead["s = 1"] }} of {{ len(size) }} pages; the mean difference of a page is {{ round(mean["s = 1"], 2) + 0.0:.2f }} bits, with an interval (95 %, Student's) from {{ format(low["s = 1"], "+.2f") }} to {{ format(high["s = 1"], "+.2f") }}. The LSTM's lead over all characters, {{ -whole["s = 1"]:.2f }} bits, comes from the long pages. Against counting with $s$ chosen the LSTM needs {{ format(mean["s chosen"], ".2f") }} bits more, between {{ format(low["s chosen"], ".2f") }} and {{ format(high["s chosen"], ".2f") }}, and it is ahead on {{ ahead["s chosen"] }} of the {{ len(size) }} pages. The interval is about other pages. Trainings there are only two, one for each division, with mean differences of {{ np.mean([g for g, d in zip(lead["s chosen"], division) if d == 0]):.2f }} and of {{ np.mean([g for g, d in zip(lead["s chosen"], division) if d == 1]):.2f }}.
#
# Some pages are easier than others. Is it for what they share with the training text? Here are the two halves of the first division, which chose for each other.

# %%
train_text, text, judged, page_of = divisions[0]
half = page_of // 6 % 2


def stands_there(n):
    """Whether the n characters from each place on stand in the training text, too."""
    strings = {train_text[t : t + n] for t in range(len(train_text) - n + 1)}
    return np.array([text[t : t + n] in strings for t in range(len(text))])


shared = {n: [100 * stands_there(n)[judged][half == h].mean() for h in (0, 1)] for n in (5, 7)}
print(f"{'bits on':30}half 1  half 2  second less first")
rows = {f"counting, {n} before, s = 1": counted[n, 1] for n in (1, 2, 4)} | {"counting, s chosen": tuned[0][0]}
rows |= {f"LSTM, {n:,} steps": tested[0, n] for n in steps}
parts = {}
for name, b in rows.items():
    first, second = parts[name] = [b[half == h].mean() for h in (0, 1)]
    print(f"{name:<30}{first:6.2f}{second:8.2f}{second - first:+14.2f}")
for n, (first, second) in shared.items():
    print(f"strings of {n} characters that the training text has: {first:.0f} % and {second:.0f} %")

# %% [markdown]
# With one character of context the second half is no easier than the first. With two it is, by {{ parts['counting, 2 before, s = 1'][0] - parts['counting, 2 before, s = 1'][1]:.2f }} bits, and with four by {{ parts['counting, 4 before, s = 1'][0] - parts['counting, 4 before, s = 1'][1]:.2f }}. For the LSTM it is hardly easier after 200 steps of training, and by {{ parts['LSTM, 2,400 steps'][0] - parts['LSTM, 2,400 steps'][1]:.2f }} after 2,400. That fits what it shares with the training text: {{ shared[5][1]:.0f }} % of its strings of 5 characters and {{ shared[7][1]:.0f }} % of those of 7, against {{ shared[5][0]:.0f }} and {{ shared[7][0]:.0f }} % in the first half. Only a model that looks back so far can gain from them. So a number of bits means something only beside another one for the same text.
#
# ## Step by step, and samples
#
# Here both models read a passage of a held-out page.

# %%
chosen = tuned[0][1][0]


def by_counting(context):
    """The probabilities of the next character after a text."""
    times, followers = counts
    before = [context[len(context) - n :] for n in range(chosen[0] + 1)]
    n_uc = np.array([[times[u + c] for c in alphabet] for u in before])
    n_u, r_u = (np.array([[counter[u]] for u in before]) for counter in (times, followers))
    return mixed(n_uc, n_u, r_u, chosen[1])[-1]


def by_lstm(texts, run=(0, 2400), temperature=1.0):
    code = np.array([coded(text[-T:]) for text in texts])
    z, _ = network(runs[run], one_hot[code])
    return softmax((), z.reshape(*code.shape, K)[:, -1].astype(float) / temperature)[0]


start, paid = text.index("the "), []
print("read  next    LSTM pays   counting pays   the three that the LSTM finds most probable")
for t in range(start + 1, start + 16):
    p, q = by_lstm([text[:t]])[0], by_counting(text[:t])
    y = number[text[t]]
    paid.append((-np.log2(p[y]), -np.log2(q[y])))
    three = "   ".join(f"'{alphabet[c]}' {p[c]:.2f}" for c in p.argsort()[:-4:-1])
    print(f" '{text[t - 1]}'   '{text[t]}' {paid[-1][0]:10.1f} {paid[-1][1]:12.1f}           {three}")

# %% [markdown]
# A row is a step. The rest of a word is nearly free once it is clear which word it is; the first letter is dear. Over these {{ len(paid) }} characters the LSTM pays {{ sum(p for p, q in paid):.0f }} bits and counting {{ sum(q for p, q in paid):.0f }}, on fifteen characters, that is.
#
# To write, draw a character from such a row instead, append it, and ask again. The **temperature** $\tau$ divides the scores before the softmax. Below 1 it makes the probable characters more probable, above 1 it makes all more alike.

# %%
beginning, length, N = "The value of the ", 120, 16


def write(predict):
    """N texts that begin alike: draw a character from the prediction, append it, ask again."""
    rng, texts = np.random.default_rng(0), [beginning] * N
    for _ in range(length):
        reached = predict(texts).cumsum(axis=1) < rng.random((N, 1))
        texts = [text + alphabet[min(c, K - 1)] for text, c in zip(texts, reached.sum(axis=1))]
    return texts


def words(text):
    return "".join(c if c.isalpha() else " " for c in text).split()


vocabulary = set(words(train_text))
fives = {train_text[t : t + 5] for t in range(len(train_text) - 4)}


def known(texts):
    """How many % of the words, and of the strings of 5 characters, the training text has."""
    begun = len(beginning)
    found = [word in vocabulary for text in texts for word in words(text[begun:])[:-1]]
    return 100 * np.mean(found), 100 * np.mean(
        [text[t : t + 5] in fives for text in texts for t in range(begun, len(text) - 4)]
    )


samples = {
    f"LSTM, temperature {tau}": write(lambda texts, tau=tau: by_lstm(texts, temperature=tau)) for tau in (0.3, 0.7, 1.0)
}
samples["LSTM, 800 steps, 1.0"] = write(lambda texts: by_lstm(texts, run=(0, 800)))
samples["counting"] = write(lambda texts: np.array([by_counting(text) for text in texts]))
shares = {name: known(texts) for name, texts in samples.items()}
for name, texts in samples.items():
    print(f"{name}: {shares[name][0]:.0f} % known words, {shares[name][1]:.0f} % known strings of 5")
    for at in range(0, len(texts[0]), 76):
        print("   ", texts[0][at : at + 76])
shares["held out"] = known([text])
print(f"the held-out pages themselves: {shares['held out'][0]:.0f} % and {shares['held out'][1]:.0f} %")

# %% [markdown]
# One sample of each is shown; the shares are counted over 16. A word is a row of letters, so pieces of names count. The held-out pages are the measure: {{ shares["held out"][0]:.0f }} % of their words stand in the training text, and {{ shares["held out"][1]:.0f }} % of their strings of 5 characters. At temperature 0.3 the network keeps to what is common, with {{ shares["LSTM, temperature 0.3"][1]:.0f }} % of such strings. At 1, where each draws from its own prediction, {{ shares["LSTM, temperature 1.0"][0]:.0f }} % of its words are known, {{ shares["LSTM, 800 steps, 1.0"][0]:.0f }} % with 800 steps, and {{ shares["counting"][0]:.0f }} % of those by counting. Counting comes near real pages in words, but with {{ shares["counting"][1]:.0f }} % of its strings of 5 known it writes less that is new than they do. None of the samples makes sense as a whole. A sample shows that what is written is plausible, not how much of what people write the model would have thought possible: at temperature 0.3 the words are best and the bits would be worst. Samples do not rank models.
#
# ## Verdict
#
# How well a model has learned a text is a number that can be compared: bits per character, on pages that it has not seen. On Python's manual an LSTM with 800 steps of training is behind counting. With 2,400 it is ahead of counting by a rule taken as it stands over all characters, and page by page this is undecided; and it is behind counting with one constant chosen, on {{ len(size) - ahead["s chosen"] }} of {{ len(size) }} pages. A comparison with a network says little without its budget, and as little without a rival that was given some care. Trained far longer and on longer texts, networks are clearly ahead of counting (Karpathy, Johnson and Fei-Fei 2016).
#
# What this lab cannot say: how far the LSTM would get with another size, with more training, with a remedy against [overfitting](../practice/overfitting.md), or with more text. Its longest run had one rate, where counting chose among {{ len(counted) }} pairs. The text belongs to the installed version of Python ({{ sys.version.split()[0] }} here), so the numbers differ a little with it.
#
# ## Go on from here
#
# 1. Train for three times as many steps. How do the held-out pages and the training text part? Does half or twice the rate help at 2,400 steps, as twice the rate does at 800?
# 2. Give the counting model and the LSTM one probability together, their mean. Do they know the same?
# 3. Replace `lstm` by `recurrent`, with `initialise_recurrent`. How much is lost?
#
# ## Further reading
#
# - C. E. Shannon (1951). Prediction and entropy of printed English. *Bell System Technical Journal* 30, 50-64.
# - I. H. Witten, T. C. Bell (1991). The zero-frequency problem: estimating the probabilities of novel events in adaptive text compression. *IEEE Transactions on Information Theory* 37, 1085-1094.
# - S. F. Chen, J. Goodman (1999). An empirical study of smoothing techniques for language modeling. *Computer Speech & Language* 13, 359-394.
# - A. Karpathy, J. Johnson, L. Fei-Fei (2016). Visualizing and understanding recurrent networks. *ICLR workshop*. Characters, and what single units of an LSTM follow.
