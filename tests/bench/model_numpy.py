#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model of tests/bench/wide.yaml in numpy and scipy, for "make bench".

Reads what the bench wrote (figures.txt: one figure a line, constant or column; columns: 32 bits each, the engine's own
draws, one column after the other) and prints "name value" lines: seconds and results. It covers what that
scenario holds: token arms at one list price, always-on replicas of measured throughput, tuning at a
measured rate, staged, cascade; no limits, no commitments, no batches.
"""
import sys
import time

import numpy as np
from scipy import stats

MONTHS_A_YEAR = 12.0
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BINS = 64
MAP_SAMPLES = 256


class Figures:
    """Figures by path; a column is an array over the samples."""

    def __init__(self, folder):
        self.values, self.columns, self.arms, self.of_column = {}, [], [], {}
        n = 0
        with open(folder + "/figures.txt", encoding="utf-8") as lines:
            for line in lines:
                word = line.split()
                if word[0] == "samples":
                    n = int(word[1])
                elif word[0] == "columns":
                    flat = np.fromfile(folder + "/columns", dtype=np.float32).astype(np.float64)
                    self.columns = list(flat.reshape(int(word[1]), n))
                elif word[0] == "arm":
                    self.arms.append(dict(name=word[1], kind=word[2], first=word[3], second=word[4], quantised=word[5] == "1"))
                elif word[0] == "constant":
                    self.values[word[1]] = float(word[2])
                elif word[0] == "column":
                    self.of_column.setdefault(int(word[2]), []).append(word[1])
        self.n = n
        self.bind(self.columns)

    def bind(self, columns):
        for k, paths in self.of_column.items():
            for path in paths:
                self.values[path] = columns[k]

    def get(self, path, otherwise=None):
        value = self.values.get(path)
        if value is None or (isinstance(value, float) and np.isnan(value)):
            if otherwise is None:
                raise KeyError(path)
            return otherwise
        return value


class Model:
    """Costs by arm: once (n,) and monthly [month] (n,), and quality by month."""

    def __init__(self, f):
        self.f, s = f, f.get
        self.months = int(s("horizon.months"))
        self.days = s("horizon.days_per_month")
        g, cap = 1 + s("workload.growth_per_month"), s("workload.growth_cap", np.inf)
        alive, api, gpu = 1 - s("workload.hazard_per_month"), 1 + s("prices.api_price_change_per_year"), 1 + s("prices.gpu_price_change_per_year")
        api, gpu = api ** (1 / MONTHS_A_YEAR), gpu ** (1 / MONTHS_A_YEAR)
        self.requests, self.alive, self.api_path, self.gpu_path = [], [], [], []
        grown, living, a, p = 1.0, 1.0, 1.0, 1.0
        for _ in range(self.months):
            self.requests.append(s("workload.requests_per_day") * np.minimum(grown, cap))
            self.alive.append(living)
            self.api_path.append(a)
            self.gpu_path.append(p)
            grown, living, a, p = grown * g, living * alive, a * api, p * gpu
        discount = (1 + s("horizon.discount_rate_per_year")) ** (-1 / MONTHS_A_YEAR)
        self.discount = [discount ** (m + 1) for m in range(self.months)]
        self.tax = 1 + s("prices.tax_share")
        self.fte = s("people.fte_cost_usd_month")
        hourly = s("labels.hourly_rate")
        self.label_usd = s("labels.task_factor") * s("labels.reviewers") / (s("labels.per_hour") * (1 - s("labels.reject_share"))) * hourly
        self.release_usd = (s("evaluation.test_examples") * s("evaluation.judge_passes") * s("evaluation.judge_usd") +
                            s("evaluation.human_examples") * s("evaluation.human_minutes") / 60 * hourly)
        self.hourly = hourly

    def arm(self, name):
        return lambda key, otherwise=None: self.f.get("arms.%s.%s" % (name, key), otherwise)

    def kind(self, name):
        return next(a for a in self.f.arms if a["name"] == name)

    # ---- one plain arm, months first..last-1 counted from 0 ----------------------------------

    def tokens(self, name, kind):
        a, s = self.arm(name), self.f.get
        full, factor = s("workload.input_tokens"), a("tokenizer_factor", 1.0)
        saved = np.minimum(a("prompt_saved_tokens", 0.0), full) if kind == "self-tuned" else 0.0
        cached = s("workload.cached_share")
        if kind == "self-tuned":
            cached = np.maximum(0, cached * full - saved) / (full - saved)
        return (factor * (full - saved), factor * a("output_factor", 1.0) * s("workload.output_tokens"),
                1 + a("extra_attempts", s("workload.extra_attempts")), cached, s("workload.cache_write_share"))

    def training_run_usd(self, name, month):
        a, s = self.arm(name), self.f.get
        tokens = self.training_tokens() * s("training.epochs")
        hours = tokens / a("training_tok_s") / 3600
        return hours * a("training_gpus", 1.0) * a("training_gpu_price_usd_h") * self.gpu_path[month]

    def training_tokens(self):
        s = self.f.get
        return s("labels.examples") * (1 - s("labels.holdout_share")) * s("labels.tokens_per_example") / (1 - s("labels.general_mix_share"))

    def trains(self, age):
        again, upgrade = int(self.f.get("training.retrain_every_months")), int(self.f.get("training.base_upgrade_every_months", 0.0))
        return (again > 0 and age % again == 0) or (upgrade > 0 and age % upgrade == 0)

    def quality(self, name, month, age):
        a, s, kind = self.arm(name), self.f.get, self.kind(name)["kind"]
        quant = a("quant_points", 0.0) if self.kind(name)["quantised"] else 0.0
        if kind != "self-tuned":
            q = np.clip(a("quality") - quant, 0, 1)
            if kind == "api":
                q = 1 - (1 - q) * (1 - s("quality.api_drift_per_year")) ** (month / MONTHS_A_YEAR)
            return q
        e_0 = s("quality.e_0", 1 - a("quality"))
        rest, n = s("quality.e_inf_share") * e_0, s("labels.examples") * (1 - s("labels.holdout_share"))
        error = rest + (e_0 - rest) * (1 + n / s("quality.n_scale")) ** -s("quality.alpha")
        q = np.clip(1 - error - s("quality.lora_points") - quant, 0, 1)
        since = min([age] + [age - k for k in range(1, age + 1) if self.trains(k)])
        return np.maximum(0, q - s("quality.drift_points_per_month") * since)

    def plain(self, out, name, first, last, share=1.0, tests=True, harvests=False):
        kind, a, s = self.kind(name)["kind"], self.arm(name), self.f.get
        bought = 0.0 + self.release_usd + (s("evaluation.test_examples") * self.label_usd if tests else 0)
        at_start = self.alive[first - 1] if first > 0 else 1.0
        if kind == "self-tuned":
            missing = s("labels.examples")
            for k in range(first if harvests else 0):
                taken = np.minimum(s("labels.harvest_per_month"), np.minimum(missing, self.requests[k] * self.days))
                out.monthly[k] = out.monthly[k] + taken * s("labels.review_minutes") / 60 * self.hourly * self.tax * self.alive[k]
                missing = missing - taken
            bought = bought + missing * self.label_usd + s("labels.guideline_hours") * self.hourly
            bought = bought + self.training_run_usd(name, max(first - 1, 0)) * a("experiments", s("training.experiments"))
            bought = bought + self.training_tokens() * s("labels.general_mix_share") * s("labels.general_mix_usd_mtok") / 1e6
        started = (bought * self.tax + a("setup_person_months", 0.0) * self.fte) * at_start
        if first == 0:
            out.once = out.once + started
        else:
            out.monthly[first - 1] = out.monthly[first - 1] + started
        tok_in, tok_out, attempts, cached, written = self.tokens(name, kind)
        served = kind in ("self-open", "self-tuned")
        if served:
            mu = a("throughput_tok_s") / tok_out
            usd_h = a("gpu_price_usd_h") * a("gpus_per_replica", 1.0) * (1 + a("overhead_share", s("serving.overhead_share")))
            per_replica = mu * a("utilization_target", s("serving.utilization_target", 0.7)) * 86400
            peak = s("workload.peak_to_average")
            least, spare = a("min_replicas", s("serving.min_replicas", 1.0)), a("spare_replicas", s("serving.spare_replicas", 1.0))
        else:
            p_in, p_out = a("input_usd_mtok"), a("output_usd_mtok")
            usd = (tok_in * ((1 - cached - written) * p_in + cached * a("cache_read_usd_mtok", p_in) +
                             written * a("cache_write_usd_mtok", p_in)) + tok_out * p_out) / 1e6
            usd = usd * attempts * share * self.days * (1 - a("committed_discount", 0.0))
        people, again = a("run_fte", 0.0) * self.fte, None
        for m in range(first, last):
            if served:
                replicas = np.maximum(least, np.ceil(self.requests[m] * share * attempts * peak / per_replica - 1e-9)) + spare
                cost = replicas * 24 * self.days * usd_h * self.gpu_path[m] * self.tax
            else:
                cost = (np.maximum(a("monthly_minimum_usd", 0.0), usd * self.requests[m] * self.api_path[m]) +
                        a("platform_fee_usd_month", 0.0)) * self.tax
            cost = cost + people
            if kind == "self-tuned" and m < last - 1 and self.trains(m - first + 1):
                again = again if again is not None else self.release_usd + s("training.retrain_share") * s("labels.examples") * self.label_usd
                cost = cost + (self.training_run_usd(name, m) + again) * self.tax
            out.monthly[m] = out.monthly[m] + cost * self.alive[m]
        return [self.quality(name, m, m - first) for m in range(first, last)]

    def evaluate(self, entry):
        out, months = Outcome(self.months), self.months
        kind, name, s = entry["kind"], entry["name"], self.f.get
        if kind == "cascade":
            e = s("arms.%s.escalation_share" % name)
            caught = s("arms.%s.error_catch" % name, e)
            small = self.plain(out, entry["first"], 0, months)
            large = self.plain(out, entry["second"], 0, months, share=e)
            quality = []
            for m in range(months):
                k = np.maximum(np.minimum(e, caught * (1 - small[m])), e - small[m])
                quality.append(small[m] - (e - k) + e * large[m])
        elif kind == "staged":
            switch = int(s("arms.%s.switch_month" % name))
            quality = self.plain(out, entry["first"], 0, switch)
            quality += self.plain(out, entry["second"], switch, months, tests=False, harvests=True)
        else:
            quality = self.plain(out, name, 0, months)
        out.npv = out.once
        for m in range(months):
            out.monthly[m] = out.monthly[m] + s("quality.error_cost_usd") * (1 - quality[m]) * self.requests[m] * self.days * self.alive[m]
            out.npv = out.npv + out.monthly[m] * self.discount[m]
        return out


class Outcome:
    def __init__(self, months):
        self.once, self.npv = 0.0, None
        self.monthly = [0.0] * months


def evaluate(f):
    model = Model(f)
    return [model.evaluate(entry) for entry in f.arms]


# ---- what follows from the samples ----------------------------------------------------------

def verdict(f):
    arms = evaluate(f)
    npv = np.array([o.npv for o in arms])
    best = np.bincount(npv.argmin(axis=0), minlength=len(arms)) / f.n
    return arms, npv, npv.mean(axis=1), np.quantile(npv, QUANTILES, axis=1), best


def bands(arms):
    rows = []
    for o in arms:
        total = o.once
        for monthly in o.monthly:
            total = total + monthly
            rows.append(np.quantile(total, (0.05, 0.5, 0.95)))
    return rows


def bins_of(f):
    """The bin of each sample by each input's rank; done once, as the draws stay."""
    return [(np.argsort(np.argsort(x)) * BINS // f.n).astype(np.intp) for x in f.columns]


def value_of_knowing(npv, bins):
    least, counts = npv.mean(axis=1).min(), None
    values = []
    for index in bins:
        counts = np.bincount(index, minlength=BINS)
        means = np.array([np.bincount(index, weights=row, minlength=BINS) for row in npv]) / counts
        values.append(least - (means.min(axis=0) * counts).sum() / counts.sum())
    return values


def sobol(difference, bins):
    total, mean = difference.var(), difference.mean()
    shares = []
    for index in bins:
        counts = np.bincount(index, minlength=BINS)
        means = np.bincount(index, weights=difference, minlength=BINS) / counts
        shares.append((counts * (means - mean) ** 2).sum() / counts.sum() / total)
    return shares


def with_column(f, k, values, n):
    """The first n samples for each of the values of input k, one after the other."""
    columns = [np.tile(x[:n], len(values)) for x in f.columns]
    columns[k] = np.repeat(values, n)
    f.bind(columns)
    npv = np.array([np.broadcast_to(o.npv, len(values) * n) for o in evaluate(f)])
    return npv.reshape(npv.shape[0], len(values), n).mean(axis=2)


def tornado_and_flips(f, pick, rival):
    bars, flips = [], []
    for k, x in enumerate(f.columns):
        ends = np.quantile(x, (0.01, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99))
        means = with_column(f, k, ends, MAP_SAMPLES)
        bars.append((means[rival, 1] - means[pick, 1], means[rival, 6] - means[pick, 6]))
        flips.append([float(v) for v, who in zip(ends, means.argmin(axis=0)) if who != pick])
    f.bind(f.columns)
    return bars, flips


def crossings(f):
    """Sign changes of the total costs over volumes, at the medians: a grid, then all brackets at once,
    narrowed thrice."""
    middle = [np.array([np.median(x)]) for x in f.columns]
    typed = float(np.median(np.asarray(f.get("workload.requests_per_day"))))

    def totals(scale):
        f.bind(middle)
        f.values["workload.requests_per_day"] = typed * scale
        return np.array([np.broadcast_to(o.npv, np.shape(scale)) for o in evaluate(f)])

    factors = np.geomspace(1e-3, 1e3, 200)
    npv, low, high, pairs = totals(factors), [], [], []
    for a in range(len(npv)):
        for b in range(a + 1, len(npv)):
            gap = npv[a] - npv[b]
            for i in np.flatnonzero(gap[:-1] * gap[1:] < 0):
                low.append(factors[i])
                high.append(factors[i + 1])
                pairs.append((a, b))
    if pairs:
        low, high, pairs, each = np.array(low), np.array(high), np.array(pairs), np.arange(len(pairs))
        for _ in range(3):
            inner = np.linspace(low, high, 12)
            npv = totals(inner.ravel()).reshape(-1, *inner.shape)
            gap = npv[pairs[:, 0], :, each] - npv[pairs[:, 1], :, each]
            at = (gap[:, :-1] * gap[:, 1:] <= 0).argmax(axis=1)
            low, high = inner[at, each], inner[at + 1, each]
    f.bind(f.columns)
    return low, high


def everything(f, bins, ranks):
    arms, npv, means, _, _ = verdict(f)
    bands(arms)
    order = means.argsort()
    difference = npv[order[1]] - npv[order[0]]
    rank = stats.rankdata(difference)
    for r in ranks:
        np.corrcoef(r, rank)
    value_of_knowing(npv, bins)
    sobol(difference, bins)
    tornado_and_flips(f, order[0], order[1])
    crossings(f)


def seconds(call, least, budget):
    call()
    times, start = [], time.perf_counter()
    while len(times) < least or (time.perf_counter() - start < budget and len(times) < 200):
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return np.array(times)


def main():
    f = Figures(sys.argv[1])
    budget = float(sys.argv[2])
    _, _, means, quantiles, best = verdict(f)
    for k, arm in enumerate(f.arms):
        print("mean.%s %.17g" % (arm["name"], means[k]))
        print("p5.%s %.17g" % (arm["name"], quantiles[0][k]))
        print("p95.%s %.17g" % (arm["name"], quantiles[4][k]))
        print("best.%s %.17g" % (arm["name"], best[k]))
    bins, ranks = bins_of(f), [stats.rankdata(x) for x in f.columns]
    for name, times in (("verdict", seconds(lambda: verdict(f), 5, budget)),
                        ("everything", seconds(lambda: everything(f, bins, ranks), 2, budget))):
        print("times.%s %d" % (name, len(times)))
        print("seconds.%s %.6g" % (name, np.median(times)))
        print("seconds_p99.%s %.6g" % (name, np.quantile(times, 0.99)))


main()
