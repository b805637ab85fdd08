# ---
# description: Yearly sunspot numbers from 1700 to 2008, forecast by a recurrent network and an LSTM, against the last value, the last cycle and linear autoregression, with splits by time, five seeds and five divisions.
# question: Do recurrent networks forecast the sun better than a linear model of 1927?
# ---

# %% [markdown]
# # Lab: forecasting sunspots
#
# The sun has dark spots, more in some years than in others, in a cycle of about eleven years, and no two cycles are alike. The sunspot number is an index of them: ten for each group of spots and one for each spot, as a mean over the days of a year and over observers. The record goes back to 1700. Given the years up to now, what will the number of next year be?
#
# This is the series with which linear autoregression began (Yule 1927). It is small and noisy, and much of its
# structure is simple. So it is a fair place to ask whether the [recurrent network](../sequences/recurrent.md) and
# the [LSTM](../sequences/lstm.md) of this site, which can bend where a linear model cannot, forecast better.
#
# The lab does what a forecast needs and a shuffled split destroys: it trains on the past, chooses on the
# years that follow, and tests on the latest years, which nothing has touched.

# %% tags=["script"]
# ruff: noqa: E402, E501
import sys

sys.path.append("")

# %% [markdown]
# ## The data
#
# One number for each year from 1700 to 2008, from the National Geophysical Data Center; they are in the public domain. A difference of ten
# in the quiet years means more than a difference of ten at a peak. Taking the square root makes the two more alike, as it does for counts (Anscombe 1948). Autoregression and the networks see $\sqrt{s}$, centred and scaled with the mean and the standard deviation of the years before 1850, which are training years in all that follows. Errors are measured in sunspots.

# %%
import matplotlib.pyplot as plt
import numpy as np

s = """
5 11 16 23 36 58 29 20 10 8 3 0 0 2 11 27 47 63 60 39 28 26 22 11 21 40 78
122 103 73 47 35 11 5 16 34 70 81 111 101 73 40 20 16 5 11 22 40 60 80.9 83.4
47.7 47.8 30.7 12.2 9.6 10.2 32.4 47.6 54 62.9 85.9 61.2 45.1 36.4 20.9 11.4
37.8 69.8 106.1 100.8 81.6 66.5 34.8 30.6 7 19.8 92.5 154.4 125.9 84.8 68.1
38.5 22.8 10.2 24.1 82.9 132 130.9 118.1 89.9 66.6 60 46.9 41 21.3 16 6.4 4.1
6.8 14.5 34 45 43.1 47.5 42.2 28.1 10.1 8.1 2.5 0 1.4 5 12.2 13.9 35.4 45.8
41.1 30.1 23.9 15.6 6.6 4 1.8 8.5 16.6 36.3 49.6 64.2 67 70.9 47.8 27.5 8.5
13.2 56.9 121.5 138.3 103.2 85.7 64.6 36.7 24.2 10.7 15 40.1 61.5 98.5 124.7
96.3 66.6 64.5 54.1 39 20.6 6.7 4.3 22.7 54.8 93.8 95.8 77.2 59.1 44 47 30.5
16.3 7.3 37.6 74 139 111.2 101.6 66.2 44.7 17 11.3 12.4 3.4 6 32.3 54.3 59.7
63.7 63.5 52.2 25.4 13.1 6.8 6.3 7.1 35.6 73 85.1 78 64 41.8 26.2 26.7 12.1
9.5 2.7 5 24.4 42 63.5 53.8 62 48.5 43.9 18.6 5.7 3.6 1.4 9.6 47.4 57.1 103.9
80.6 63.6 37.6 26.1 14.2 5.8 16.7 44.3 63.9 69 77.8 64.9 35.7 21.2 11.1 5.7
8.7 36.1 79.7 114.4 109.6 88.8 67.8 47.5 30.6 16.3 9.6 33.2 92.6 151.6 136.3
134.7 83.9 69.4 31.5 13.9 4.4 38 141.7 190.2 184.8 159 112.3 53.9 37.6 27.9
10.2 15.1 47 93.8 105.9 105.5 104.5 66.6 68.9 38 34.5 15.5 12.6 27.5 92.5
155.4 154.6 140.4 115.9 66.6 45.9 17.9 13.4 29.4 100.2 157.6 142.6 145.7 94.3
54.6 29.9 17.5 8.6 21.5 64.3 93.3 119.6 111 104 63.7 40.4 29.8 15.2 7.5 2.9
"""
s = np.array(s.split(), dtype=float)
year = np.arange(1700, 2009)
periods = {"train": (1700, 1899), "validation": (1900, 1949), "test": (1950, 2008)}

for name, (first, last) in periods.items():
    part = s[first - 1700 : last - 1699]
    print(f"{name:<11}{first}-{last} {len(part):4} years", end="")
    print(f"  mean {part.mean():5.1f}  largest {part.max():5.1f}")

# %% [markdown]
# The test years have more spots than any before them: their mean is {{ s[250:].mean() / s[:200].mean():.1f }} times that of the training years. Nobody who forecast in
# 1949 could know that. A split at random would have hidden it.

# %% alt="The yearly sunspot number from 1700 to 2008: sharp peaks about eleven years apart, with heights from 40 to almost 200. The highest peak stands at 1957. Three stretches are marked as train, validation and test." caption="Sunspots by year. The models learn from the first stretch, are chosen on the second and judged on the third."
plt.figure(figsize=(6, 2.8))
for (name, (first, last)), colour in zip(periods.items(), ("C7", "C1", "C0")):
    here = slice(first - 1700, last - 1698)
    plt.plot(year[here], s[here], colour, linewidth=1.2)
    plt.text((first + last) / 2, 205, name, color=colour, ha="center")
plt.ylim(0, 225)
plt.xlabel("year")
plt.ylabel("sunspots")
plt.show()

# %% [markdown]
# ## Rivals
#
# A forecast is only as good as what it beats. Four rivals, from the cheapest on:
#
# - **mean**: the mean of the training years, whatever happened lately;
# - **last year**: next year will be like this one;
# - **last cycle**: next year will be like the year eleven years before it;
# - **autoregression**: a weighted sum of the last $p$ years, $\hat y_t = \theta_0 + \sum_{i=1}^{p} \theta_i\, y_{t-i}$, with least squares, where $y$ is the scaled root. It is
#   [a layer without a nonlinearity](../architecture/perceptron.md). How many years it looks back, $p$, is chosen on the validation years.
#
# Every model forecasts one year ahead and then sees what came. The error is the root of the mean squared error, in sunspots.

# %%
root = np.sqrt(s)
middle, scale = root[:150].mean(), root[:150].std()
standard = (root - middle) / scale


def sunspots(z):
    return np.maximum(z * scale + middle, 0) ** 2


def pairs(p, first, last):
    """The p values before each year, and the value of the year."""
    at = np.arange(max(first, 1722), last + 1) - 1700
    return np.array([standard[t - p : t] for t in at]), standard[at]


def rmse(forecast, name, periods=periods):
    last = periods[name][1] - 1699
    return np.sqrt(np.mean((forecast - s[last - len(forecast) : last]) ** 2))


def shifted(years):
    """The forecast that repeats what was so many years ago."""
    return {
        name: s[first - 1700 - years : last - 1699 - years]
        for name, (first, last) in periods.items()
        if name != "train"
    }


def autoregression(p, periods=periods):
    x, y = pairs(p, *periods["train"])
    theta = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y)[0]
    return {name: sunspots(theta[0] + pairs(p, *period)[0] @ theta[1:]) for name, period in periods.items()}


flat = {name: np.full(last - first + 1, s[:200].mean()) for name, (first, last) in periods.items()}
linear = {p: autoregression(p) for p in range(1, 23)}
best_p = min(linear, key=lambda p: rmse(linear[p]["validation"], "validation"))
rivals = {
    "mean": flat,
    "last year": shifted(1),
    "last cycle": shifted(11),
    "autoregression": linear[best_p],
}
print(
    "validation error by p:",
    *(f"{p}: {rmse(linear[p]['validation'], 'validation'):.1f}" for p in (1, 2, 3, best_p, 11, 22)),
)
print(f"chosen on the validation years: p = {best_p}")
for name, forecast in rivals.items():
    print(f"{name:<15} validation {rmse(forecast['validation'], 'validation'):5.1f}")

# %% [markdown]
# The validation years prefer $p = {{ best_p }}$: nearly one cycle. One year is not enough, since the same number of spots
# occurs on the way up and on the way down. From two on the error falls slowly, and beyond {{ best_p }} it rises. On the training years the error is {{ rmse(linear[best_p]["train"], "train"):.1f }}.
#
# ## Two networks
#
# Each network reads the last 22 years, two cycles, one number at a time, and gives its forecast after the last of them:
# `chain(recurrent, last_step, dense)`, and the same with `lstm`. (For them and for autoregression the training years are the 178 that have 22 before them.) Both start from random weights, go down the gradient of the squared error of
# all training years at once with [Adam](../training/optimizers.md), clip gradients longer than 1, and keep the parameters with the lowest
# loss on the validation years ([early stopping](../practice/early_stopping.md)). The number of units, 4 or 8, is chosen on the validation years, too, by the mean over
# five seeds. The test years stay out of all this.

# %%
from snippets.descent import objective, pack
from snippets.early_stopping import early_stopping
from snippets.losses import mean_squared_error
from snippets.lstm import initialise_lstm, lstm
from snippets.network import chain
from snippets.optimizers import adam, gradient_of
from snippets.perceptron import dense
from snippets.recurrent import clipped, initialise_recurrent, last_step, recurrent

T, seeds = 22, range(5)
cells = {
    "RNN": (recurrent, initialise_recurrent),
    "LSTM": (lstm, initialise_lstm),
}


def fit(cell, k, seed, periods=periods):
    """Forecasts of the network that did best on the validation years, its steps and its parameters."""
    data, (layer, initial) = {name: pairs(T, *period) for name, period in periods.items()}, cells[cell]
    network, rng = chain(layer, last_step, dense), np.random.default_rng(seed)
    last = rng.normal(size=(k, 1)) / np.sqrt(k), np.zeros(1)
    theta, unpack = pack((initial(rng, 1, k), (), last))
    on = {
        name: objective(network, mean_squared_error, unpack, x[:, :, None], y[:, None]) for name, (x, y) in data.items()
    }
    gradient = gradient_of(clipped(on["train"], 1.0))

    def thetas(theta, memory=()):
        while True:
            for _ in range(5):
                theta, memory = adam(theta, gradient, *memory, eta=0.03)
            yield theta

    best, history = early_stopping(thetas(theta), lambda t: on["validation"](t)[0], 10)
    forecast = {name: sunspots(network(unpack(best), x[:, :, None])[0][:, 0]) for name, (x, _) in data.items()}
    return forecast, 5 * len(history), len(theta)


fits = {(cell, k): [fit(cell, k, seed) for seed in seeds] for cell in cells for k in (4, 8)}
validated = {}
for (cell, k), runs in fits.items():
    errors = [rmse(forecast["validation"], "validation") for forecast, _, _ in runs]
    validated[cell, k] = np.mean(errors)
    own = np.mean([rmse(forecast["train"], "train") for forecast, _, _ in runs])
    print(f"{cell:<4} {k:2} units, {runs[0][2]:4} parameters, {np.mean([n for _, n, _ in runs]):4.0f} steps:", end="")
    print(f"  train {own:5.1f}  validation {np.mean(errors):5.1f} ± {np.std(errors):.1f}")
units = {cell: min((4, 8), key=lambda k: validated[cell, k]) for cell in cells}

# %% [markdown]
# On the validation years the RNN is level with autoregression, which has {{ rmse(linear[best_p]["validation"], "validation"):.1f }}, and the LSTM is ahead of it. But the networks have been chosen there step by step: early stopping looked at
# these years every five steps, and took the best moment. Autoregression was chosen there once, among {{ len(linear) }} values of $p$. Such a lead proves nothing yet.
#
# ## The test years
#
# Everything is chosen: {{ units["RNN"] }} units for the RNN, {{ units["LSTM"] }} for the LSTM. Now the years from 1950 on, which no choice has seen.

# %%
tested = {name: [rmse(forecast["test"], "test")] for name, forecast in rivals.items()}
for cell, k in units.items():
    tested[cell] = [rmse(forecast["test"], "test") for forecast, _, _ in fits[cell, k]]
print(f"{'':<15} test error, 5 seeds where chance plays a part")
for name, errors in tested.items():
    spread = f" ± {np.std(errors):.1f}  from {min(errors):.1f} to {max(errors):.1f}"
    print(f"{name:<15}{np.mean(errors):6.1f}", spread if len(errors) > 1 else "")

# %% [markdown]
# The lead of the LSTM is gone. Autoregression errs by {{ tested["autoregression"][0]:.1f }}, the RNN by {{ np.mean(tested["RNN"]):.1f }} and the LSTM by {{ np.mean(tested["LSTM"]):.1f }}; {{ sum(e < tested["autoregression"][0] for c in cells for e in tested[c]) }} of the ten networks beat
# autoregression. All of them beat the last year and the last cycle by far.
#
# Is that chance? The test has only 59 years, and their errors are not independent. The next figure shows the forecasts. Behind it the errors are compared cycle by cycle, from one minimum to the next, and then on other divisions of the years.

# %% alt="Sunspots in the test years 1950 to 2008 with three forecasts, autoregression and one network of each kind. All follow the five cycles. At the highest peak, in 1957, the networks stay clearly below the data. On the steep rises all come too late." caption="The test years with the forecasts of autoregression and of one network of each kind (seed 0), one year ahead. On the steep rises all come too late; in the cycle of 1957 the networks stay far below."
test_years = np.arange(1950, 2009)
forecasts = {"autoregression": [linear[best_p]["test"]]}
forecasts |= {cell: [forecast["test"] for forecast, _, _ in fits[cell, k]] for cell, k in units.items()}
plt.figure(figsize=(6, 3.2))
plt.plot(test_years, s[250:], "C7o", markersize=3.5)
plt.text(1993, 205, "data", color="C7")
for (name, runs), color, y in zip(forecasts.items(), ("C1", "C0", "C2"), (190, 175, 160)):
    plt.plot(test_years, runs[0], color, linewidth=1.4)
    plt.text(1993, y, name, color=color)
plt.ylim(0, 220)
plt.xlabel("year")
plt.ylabel("sunspots")
plt.show()

# %%
errors = {name: np.array(runs) - s[250:] for name, runs in forecasts.items()}
errors["LSTM, median"] = np.median(forecasts["LSTM"], axis=0)[None] - s[250:]


def over(years):
    """The root of the mean squared error over some of the test years; of each seed, then their mean."""
    return {name: np.sqrt((error[:, years] ** 2).mean(axis=1)).mean() for name, error in errors.items()}


minima = (1950, 1954, 1964, 1976, 1986, 1996, 2009)
print("root of the mean squared error, mean of five seeds")
print(f"{'years':<11}", *(f"{name:>15}" for name in errors))
stretches = [(first, end, over((test_years >= first) & (test_years < end))) for first, end in zip(minima, minima[1:])]
for first, end, row in stretches:
    print(f"{first}-{end - 1:<6}", *(f"{value:15.1f}" for value in row.values()))
without = over((test_years < 1954) | (test_years > 1963))
print(f"{'but 1954-63':<11}", *(f"{value:15.1f}" for value in without.values()))
print(f"{'all':<11}", *(f"{value:15.1f}" for value in over(test_years > 0).values()))
ahead = sum(row["autoregression"] < min(row["RNN"], row["LSTM"]) for _, _, row in stretches)
peaks = s[250:] > 120
signed = {name: error[:, peaks].mean() for name, error in errors.items()}
print()
print(f"mean of forecast minus data in the {peaks.sum()} years above 120:", end="")
print(*(f"  {name} {value:+.0f}" for name, value in signed.items() if name != "LSTM, median"))

rng = np.random.default_rng(0)
squares = [(errors[name] ** 2).mean(axis=0) for name in ("LSTM", "autoregression")]
lead = []
for _ in range(2000):
    starts = rng.integers(len(test_years) - 10, size=6)
    drawn = (starts[:, None] + np.arange(11)).ravel()[: len(test_years)]
    lead.append(np.subtract(*(np.sqrt(square[drawn].mean()) for square in squares)))
low, high = np.quantile(lead, (0.05, 0.95))
print(f"LSTM minus autoregression, blocks of 11 years drawn again: {low:+.1f} to {high:+.1f} (90 %)")

# %% [markdown]
# Autoregression is ahead of both networks in {{ ahead }} of the {{ len(minima) - 1 }} stretches. Most of its lead comes from one of them, the cycle of 1957, the highest on record. Over the other years the errors are {{ without["autoregression"]:.1f }} for autoregression, {{ without["RNN"]:.1f }} for the RNN and {{ without["LSTM"]:.1f }} for the LSTM. So the order of autoregression and the LSTM hangs on one cycle. In the {{ peaks.sum() }} years above 120 all forecasts are too low on average (those years were picked for being high), the networks by {{ -signed["RNN"]:.0f }} and {{ -signed["LSTM"]:.0f }}, autoregression by {{ -signed["autoregression"]:.0f }}. A linear model goes on in a straight line beyond what it has seen, and a $\tanh$ bends. This fits, but we did not test it. The last column is another contender: in each year the median of the five LSTMs. Taking several networks together lowers the error here over all years, as it does with trees.
#
# To draw the years again, with replacement and in blocks of eleven, gives an idea of what 59 years can tell: the difference between the LSTM and autoregression lies between {{ format(low, "+.1f") }} and {{ format(high, "+.1f") }} in 90 % of the draws. {{ "Zero is among these" if low < 0 < high else "Zero is not among these" }}.
#
# ## Other divisions
#
# One division of the years is one question. Here are five: the test starts in 1900, 1920, and so on and lasts 29 years, the 50 years before it are for choosing, and all before those for training. In each, $p$ and the step at which training stops are chosen anew; the units stay as they were chosen above. Three seeds.

# %%
divided = {}
print(f"{'test years':<11}{'autoregression':>15}{'RNN':>15}{'LSTM':>15}")
for start in range(1900, 1981, 20):
    parts = {"train": (1700, start - 51), "validation": (start - 50, start - 1), "test": (start, start + 28)}
    tries = {p: autoregression(p, parts) for p in range(1, 23)}
    best = min(tries.values(), key=lambda forecast: rmse(forecast["validation"], "validation", parts))
    row = {"autoregression": [rmse(best["test"], "test", parts)]}
    for cell, k in units.items():
        row[cell] = [rmse(fit(cell, k, seed, parts)[0]["test"], "test", parts) for seed in range(3)]
    divided[start] = {name: np.mean(values) for name, values in row.items()}
    texts = [f"{np.mean(values):6.1f} ± {np.std(values):.1f}" for values in (row["RNN"], row["LSTM"])]
    print(f"{start}-{start + 28:<6}{row['autoregression'][0]:15.1f}", *(f"{text:>14}" for text in texts))
better = {cell: sum(row[cell] < row["autoregression"] for row in divided.values()) for cell in cells}

# %% [markdown]
# The RNN is ahead of autoregression in {{ better["RNN"] }} of the 5 divisions, the LSTM in {{ better["LSTM"] }}. (The test years overlap, so these are not five independent answers.) The rows differ more than the columns: which years are asked matters more than which model. The largest error, of the LSTM from 1940 on, is on the years with the highest peak of all.
#
# ## Verdict
#
# On these data our recurrent networks forecast no better than a linear model with {{ best_p + 1 }} numbers, although the validation years favoured the LSTM. On other divisions it is the same, with one exception. The networks do learn the cycle: their error
# is far below that of the last year and of the last cycle.
#
# What this lab cannot say:
#
# - whether a better network exists. Two sizes, one learning rate and one length of the window were tried, and no other transform, no training on the validation years at the end. The rivals had no such care either;
# - how sure the order is. All years from 1900 on are about ten cycles, and the highest of them weighs most.  the units were chosen on years that are test years in some of the five divisions, which favours the networks, if anything;
# - what holds for longer forecasts. One year ahead is the easiest.
#
# ## Go on from here
#
# 1. Take the square root away (`root = s`, and let `sunspots` undo only the scaling). Who gains, who loses?
# 2. Take the median of five networks as one forecast in each of the five divisions. Does it reach autoregression?
# 3. Forecast five years ahead by feeding each forecast back in. Does the order stay? (For the choice, use the validation years. The test years have been looked at here.)
#
# ## Further reading
#
# - G. U. Yule (1927). On a method of investigating periodicities in disturbed series, with special reference to Wolfer's sunspot numbers. *Philosophical Transactions
#   of the Royal Society A* 226, 267-298. Where autoregression begins, on these data.
# - F. J. Anscombe (1948). The transformation of Poisson, binomial and negative-binomial data. *Biometrika* 35, 246-254. Why the square root.
# - A. S. Weigend, B. A. Huberman, D. E. Rumelhart (1990). Predicting the future: a connectionist approach. *International Journal of Neural Systems* 1,
#   193-209. A network on the same series, at the time when it was new.
# - S. Makridakis, E. Spiliotis, V. Assimakopoulos (2018). Statistical and machine learning forecasting methods: concerns and ways forward. *PLoS ONE*
#   13(3), e0194889. The same question on a thousand series.
