#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fit the constants of the capacity model on tests/data/throughput-public.csv alone.

Usage: fit-capacity.py [--write]

Prints the fitted constants and the errors: fitted, and with one (model, GPU) group, one GPU
or one model left out at a time. With --write it rewrites src/model/capacity_fitted.h (the
constants in force, rounded) and tests/data/capacity-folds.csv (the constants of each left-out
group "model|GPU", GPU and model, from which `make validate` computes the left-out errors again in C).

The model is the one of src/model/capacity*.c, here for all rows at once; the two are held together
by `make validate`, whose fitted errors must be the ones printed here. Needs numpy and scipy.
"""
import csv
import os
import re
import sys

import numpy as np
from scipy.optimize import least_squares

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
GIB = 2.0 ** 30
CLASSES = ["ampere-hbm", "hopper", "blackwell-hbm", "gddr", "cdna3", "h20"]
ENGINES = ["tensorrt-llm", "lmdeploy", "llama.cpp", "single-stream", "vllm", "sglang", "vllm-old",
           "deepspeed-mii", "tgi", "hf", "vllm-v0"]
CAPS = dict(zip(ENGINES, [2048, 256, 256, 256, 256, 1024, 256, 512, 128, np.inf, 256]))
# Engines whose set-ups differ most from one published run to the next.
LOOSE = ["hf", "tgi", "deepspeed-mii", "llama.cpp", "single-stream"]
BYTES = dict(fp16=2, fp8=1, int8=1, w8a16=1.02, int4=.53, q4_k_m=.606, fp4=.5625, mxfp4=.5313)
NAMES = {"hf-transformers": "hf", "gpt-fast": "single-stream", "autoawq": "single-stream",
         "mlc-llm": "single-stream", "exllamav2": "single-stream"}

# Each fitted constant with what one would assume without measurements: there it stays where a
# left-out group alone would have told. "kernels" are TensorRT-LLM, LMDeploy, llama.cpp and single
# streams, "old" vLLM before 0.6 and DeepSpeed-MII.
ASSUMED = {("e_bw", c): .75 for c in CLASSES}
ASSUMED.update({("m", c): .6 for c in CLASSES})
ASSUMED.update({
    "a": .7, "d_c 8 bit": .85, "d_c fp4": .75, "d_c int4 step": .5,
    "d_w weight-only": .9, "d_w gddr": .9, "d_c moe": .75, "touched power": .95,
    "alpha nvlink": 6e-6, "alpha pcie": 40e-6, "alpha deepspeed-mii": 3., "e_l": .5,
    "t_L": 60e-6, "t_L old": 90e-6, "t_L tgi": 400e-6, "t_L hf": 700e-6,
    "t_L moe": 20e-6, "t_p moe": 1e-4, "t_L tensor": .05, "t_L quantised": 1.5, "amd": 2.,
    "c_s kernels": 10e-6, "c_s vllm": 30e-6, "c_s vllm-v0": 40e-6, "c_s old": 150e-6, "c_s tgi": 200e-6,
    "t_0": 1e-3, "c_s static": .5, "kappa": .8, "TTFT floor": 30e-3, "s fixed": .2, "s mixed": .15, "KV repeat": 1.,
})
# Not fitted: one stream at a time never shows it; ages mixed evenly hold half of their output;
# unpacked weights multiply as 16-bit ones do; experts stream as other weights do.
C_S_HF, OCCUPIED = 50e-6, 0.5
FIXED = {"d_c weight-only": 1.0, "d_w moe": 1.0}


# ---- rows -----------------------------------------------------------------------------------

def table(name):
    with open(os.path.join(ROOT, "tests", "data", name), newline="") as f:
        return list(csv.DictReader(f))


def number(text, otherwise=0.0):
    return float(text) if text != "" else otherwise


def engine_of(r):
    name = NAMES.get(r["engine"], r["engine"])
    if name != "vllm":
        return name
    parts = re.search(r"(\d+)\.(\d+)", r["engine_version"])
    if parts:
        major, minor = int(parts[1]), int(parts[2])
        return "vllm" if major > 0 or minor >= 8 else "vllm-old" if minor < 6 else "vllm-v0"
    year = r["date"][:4]
    return "vllm-old" if year.isdigit() and 2000 <= int(year) < 2025 else "vllm"


def row_of(r, m, g):
    """One measurement as numbers."""
    n = lambda table, key: number(table[key])
    engine, p, note = engine_of(r), r["weight_precision"], r["note"]
    if p == "int8" and ("GPTQ" in note or engine in ("hf", "single-stream")):
        p = "w8a16"
    peak16 = n(g, "fp16_tflops") * 1e12
    peak = {"fp8": n(g, "fp8_tflops"), "int8": n(g, "int8_tops"), "fp4": n(g, "fp4_tflops"),
            "mxfp4": n(g, "fp4_tflops")}.get(p, 0) * 1e12
    moe, t, pp = n(m, "experts") > 0, n(r, "tp"), number(r["pp"], 1)
    nvlink = n(g, "nvlink_gbs_per_direction")
    replicas = n(r, "n_gpus") / (t * pp)
    cap = 3072 if "mlcommons/" in r["source"] else 256 if "qserve" in r["source"] else CAPS[engine]
    return dict(
        n=n(m, "total_b") * 1e9, active=n(m, "active_b") * 1e9, routed=n(m, "routed_b") * 1e9,
        layers=n(m, "layers"), h=n(m, "hidden"), nq=n(m, "q_heads"), nkv=n(m, "kv_heads"), dh=n(m, "head_dim"),
        v=n(m, "vocab"), tables=1 if m["tied"] == "yes" else 2, moe=moe, e=n(m, "experts") or 1,
        k=n(m, "experts_per_token") or 1, kv=n(m, "kv_elements_per_token"), window=n(m, "swa_window"),
        windowed=n(m, "swa_share"), memory=n(g, "usable_gib") * GIB, bw=n(g, "bw_gbs") * 1e9,
        cls=CLASSES.index(g["class"]), pcie=nvlink == 0, link=(nvlink or n(g, "pcie_gbs_per_direction")) * 1e9,
        peak=peak or peak16, peak16=peak / 2 or peak16, eight=peak > 0 and p in ("fp8", "int8"),
        four=peak > 0 and p in ("fp4", "mxfp4"), weights_only=peak == 0 and p != "fp16", int4=p == "int4",
        quantised=p != "fp16", b=BYTES[p], b_other=2 if p == "mxfp4" and moe else BYTES[p],
        b_kv=1 if r["kv_precision"] in ("fp8", "int8") else 2, t=t, p=pp, replicas=replicas,
        i=n(r, "isl"), o=n(r, "osl"), o_max=max(n(r, "osl_max"), n(r, "osl")),
        c=n(r, "concurrency") / replicas, dp="attention DP" in note, server="LLM-Inference-Bench" in r["source"],
        static=r["load"] == "static", closed=r["load"] == "closed", burst=r["load"] == "burst",
        fixed=r["load"] == "closed" and ("NVIDIA silicon" in note or "osl from tok/s over req/s" in note),
        cap=cap * (t if "attention DP" in note else 1), engine=engine, light=engine in ("llama.cpp", "single-stream"),
        x=number(r["output_tok_s"], np.nan), ttft=number(r["ttft_ms"], np.nan) / 1e3,
        tpot=number(r["tpot_ms"], np.nan) / 1e3, model=r["model"], gpu=r["gpu"], group=r["model"] + "|" + r["gpu"])


class Rows:
    def __init__(self, rows):
        self.rows = rows
        for key in rows[0]:
            setattr(self, key, np.array([r[key] for r in rows]))

    def some(self, chosen):
        return Rows([r for r, c in zip(self.rows, chosen) if c])


# ---- the model ---------------------------------------------------------------------------------

def predict(d, k, whole=True):
    """tokens/s, TPOT, TTFT; whole: batches are whole numbers (not while fitting)."""
    of = lambda *engines: np.isin(d.engine, engines)
    hf, tgi, mii, trt = of("hf"), of("tgi"), of("deepspeed-mii"), of("tensorrt-llm")
    old, amd, gddr = of("vllm-old", "deepspeed-mii"), d.cls == CLASSES.index("cdna3"), d.cls == CLASSES.index("gddr")
    bandwidth = d.bw * np.array([k["e_bw", c] for c in CLASSES])[d.cls]
    m = np.array([k["m", c] for c in CLASSES])[d.cls]
    layer = np.select([tgi, hf, old], [k["t_L tgi"], k["t_L hf"], k["t_L old"]], k["t_L"])
    layer = layer * (1 + k["t_L tensor"] * np.log2(d.t)) * np.where(amd, k["amd"], 1) * \
        np.where((hf | tgi) & d.quantised, k["t_L quantised"], 1) + np.where(d.moe, k["t_L moe"], 0)
    sequence = np.select([tgi, hf, old, of("vllm-v0"), of("vllm", "sglang")],
                         [k["c_s tgi"], C_S_HF, k["c_s old"], k["c_s vllm-v0"], k["c_s vllm"]], k["c_s kernels"])
    sequence = sequence * np.where(d.static, k["c_s static"], 1) * np.where(amd, k["amd"], 1)
    moe_c, moe_w = np.where(d.moe, k["d_c moe"], 1), np.where(d.moe, FIXED["d_w moe"], 1)
    d_c = np.select([d.eight, d.four, d.weights_only], [k["d_c 8 bit"], k["d_c fp4"], FIXED["d_c weight-only"]], 1) * moe_c
    no_kernel = d.weights_only & d.int4 & ~of("tensorrt-llm", "lmdeploy", "llama.cpp", "single-stream")
    d_step = np.where(no_kernel, k["d_c int4 step"] * moe_c, d_c)
    stream = bandwidth * moe_w * np.where(d.weights_only, np.where(gddr, k["d_w gddr"], k["d_w weight-only"]), 1)
    pipe = np.where(d.light | hf, 1, d.p)

    one = d.v * d.h
    other = d.n - d.routed - d.tables * one
    resident = other * d.b_other + d.routed * d.b + d.tables * one * 2
    every, routed = other * d.b_other + one * 2, d.routed * d.b
    effective = lambda s: (1 - d.windowed) * s + d.windowed * np.minimum(s, d.window)
    share = np.where(d.dp, 1 / d.t, np.maximum(1 / d.t, 1 / d.nkv))
    kv = d.kv * d.b_kv * share / d.p
    held = resident / (d.t * d.p) + np.where(d.dp, every * (1 - 1 / d.t) / d.p, 0)
    reserve = 2 * GIB + 8192 * d.h * 10 / np.sqrt(d.t)
    pool = np.where(trt, .95 * (d.memory - held - reserve), .9 * d.memory - held - reserve)
    most = pool / (kv * effective(d.i + np.where(trt, 1, OCCUPIED) * d.o))
    most = np.maximum(1, np.floor(most) if whole else most)
    asked = np.where(d.c > 0, d.c, d.cap)
    batch = np.where(d.static & ~d.server, asked, np.minimum(asked, most))

    latency = np.where(d.pcie, k["alpha pcie"], k["alpha nvlink"]) * np.where(mii, k["alpha deepspeed-mii"], 1)
    reduces = np.where(d.t > 1, 2 * d.layers, 0)
    net = reduces * 2 * (d.t - 1) / d.t * d.h * 2 / (d.link * k["e_l"]) / pipe
    work = 2 * (d.active - one) / (d.peak * m * d.t * pipe)
    untouched = np.where(d.moe, 1 - np.minimum(d.k / d.e, 1 - 1e-12), .5)
    touched = lambda b: np.where(d.moe, 1 - untouched ** np.maximum(b, 1) ** k["touched power"], 1)
    cache = kv * d.p / pipe / bandwidth * np.where(hf, 1 + k["KV repeat"] * d.nq / d.nkv, 1)

    def step(n):
        b = n / pipe
        return pipe * (every / np.where(d.dp, 1, d.t) / pipe / stream + touched(b) * routed / d.t / pipe / stream +
                       (d.layers * layer + k["t_0"] + reduces * latency) / pipe +
                       b * (work / d_step + net + sequence + cache * effective(d.i + d.o / 2)))

    t_s = step(batch)
    t_p = (work / d_c + net) * d.i + 2 * d.layers * d.nq * d.dh * d.i ** 2 / (d.peak16 * m * k["a"] * d.t * pipe)
    read = (every + routed * touched(np.minimum(d.i, 1e4))) / (d.t * stream)
    lone = np.maximum(pipe * t_p, read) + reduces * latency + d.layers * (layer + np.where(d.moe, k["t_p moe"], 0))
    lockstep = np.where(d.closed, np.where(d.fixed, k["s fixed"], k["s mixed"]), 0)
    served = ~d.static
    cycle = d.o * t_s + batch * t_p
    busy = np.minimum(.9, batch * t_p / cycle)
    wait = lockstep * (batch - 1) * t_p + served * (1 - lockstep) * busy * t_p / (2 * (1 - busy))
    before = served * k["TTFT floor"] + lone
    x, ttft = batch * d.o / cycle, before + served * k["kappa"] * t_s + wait
    tpot = np.where(d.o > 1, np.maximum(t_s, (cycle - np.minimum(lone + wait, .9 * cycle)) / np.maximum(d.o - 1, 1e-9)), t_s)

    small = asked <= batch
    t_b = np.where(small, step(np.maximum(1, batch * d.o / d.o_max)), t_s)
    drain = np.where(small, batch * d.o / (d.o_max * t_b + batch * t_p),
                     asked * d.o / (asked / batch * cycle + (d.o_max - d.o) * step(np.maximum(1, batch / 4))))
    x = np.where(d.burst, drain, x)
    ttft = np.where(d.burst, before + k["kappa"] * t_b + batch * t_p / 2, ttft)
    tpot = np.where(d.burst, t_b + batch * t_p / (2 * d.o), tpot)
    queue = np.where(d.closed & (asked > batch), (asked - batch) * d.o / x, 0)
    return x * d.replicas, tpot, ttft + queue


def ratios(d, k, whole=True):
    """log of predicted over measured: tokens/s, TPOT, TTFT."""
    return [np.log(got / want) for got, want in zip(predict(d, k, whole), (d.x, d.tpot, d.ttft))]


# ---- fitting -------------------------------------------------------------------------------------

def fit(d, start=None):
    """Robust (pseudo-Huber at 12 %), each (model, GPU, engine) weighted by the root of its size; tokens/s
    counts fully, TPOT 0.35, TTFT 0.25; a factor e^0.5 from the assumed value costs as much as one row."""
    names = list(ASSUMED)
    prior = np.log([ASSUMED[n] for n in names])
    key = np.char.add(np.char.add(d.group, "|"), d.engine)
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    weight = count[inverse] ** -.5
    weight /= np.sqrt(np.mean(weight ** 2))
    there = [~np.isnan(v) for v in (d.x, d.tpot, d.ttft)]

    def residuals(x):
        out = []
        for r, has, w in zip(ratios(d, dict(zip(names, np.exp(x))), False), there, (1, .35, .25)):
            z = r[has] * weight[has] / .12
            out.append(np.sqrt(w) * np.sign(z) * np.sqrt(2 * (np.sqrt(1 + z * z) - 1)))
        out.append((x - prior) / .5)
        return np.nan_to_num(np.concatenate(out), nan=10, posinf=10, neginf=-10)

    first = prior if start is None else np.log([start[n] for n in names])
    best = least_squares(residuals, first, diff_step=1e-4, max_nfev=20 if start is None else 6)
    return dict(zip(names, np.exp(best.x)))


def left_out(d, whole, by, keep):
    out = [np.full(len(d.x), np.nan) for _ in range(3)]
    for value in np.unique(by):
        chosen = by == value
        k = fit(d.some(~chosen), whole)
        keep[value] = k
        for o, r in zip(out, ratios(d.some(chosen), k)):
            o[chosen] = r
    return out


# ---- report ------------------------------------------------------------------------------------------

def target(r):
    return np.where(np.isnan(r[0]), r[1], r[0])


def line(name, r):
    e = np.abs(np.expm1(r[~np.isnan(r)]))
    print("  %-34s %5d %6.1f %6.1f %6.1f %6.1f" % (name, len(e), 100 * np.median(e), 100 * np.percentile(e, 90),
                                                  100 * np.mean(e <= .25), 100 * np.mean(e <= .5)))


def report(name, d, r):
    x = target(r)
    usual = np.isin(d.gpu, ["A100-40G-SXM", "A100-80G-SXM", "A100-80G-PCIe", "H100-SXM", "H100-PCIe", "H200", "L4", "L40S",
                            "A10G", "RTX4090"]) & np.isin(d.engine, ["tensorrt-llm", "vllm", "vllm-v0", "vllm-old", "sglang", "lmdeploy"])
    print("%-36s %5s %6s %6s %6s %6s" % (name, "rows", "median", "P90", "<=25%", "<=50%"))
    line("tokens/s", x)
    line("  usual serving stacks", x[usual])
    line("TPOT", r[1])
    line("TTFT", r[2])
    f = np.abs(r[2][~np.isnan(r[2])])
    print("  TTFT within a factor two: %.1f %%" % (100 * np.mean(f < np.log(2))))


def cover(error, weight):
    """The factor within which 80 % of the weight lies."""
    there = ~np.isnan(error)
    e, w = error[there], weight[there]
    order = np.argsort(e)
    return float(np.exp(e[order][np.searchsorted(np.cumsum(w[order]) / w.sum(), .8)]))


def intervals(d, outs):
    """80 % factors, each the widest of the three kinds of leaving out; (model, GPU, engine) groups weigh
    as in the fit, since what will be asked next is another group, not another row."""
    key = np.char.add(np.char.add(d.group, "|"), d.engine)
    _, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    weight = count[inverse] ** -.5
    loose = np.isin(d.engine, LOOSE)
    widest = lambda chosen, error: max(cover(np.abs(error(o))[chosen], weight[chosen]) for o in outs)
    every = np.ones(len(d.x), bool)
    return dict(usual=widest(~loose & ~d.moe, target), loose=widest(loose, target),
                moe=widest(~loose & d.moe, target), ttft=widest(every, lambda o: o[2]))


def coverage(d, o, f80):
    factor = np.where(np.isin(d.engine, LOOSE), f80["loose"], f80["usual"])
    factor = np.where(d.moe, np.maximum(factor, f80["moe"]), factor)
    inside = lambda e, f: 100 * np.mean((np.abs(e) <= np.log(f))[~np.isnan(e)])
    return "tokens/s %.1f %%, TTFT %.1f %%" % (inside(target(o), factor), inside(o[2], f80["ttft"]))


# ---- constants as C and as a table ---------------------------------------------------------------------

def by_symbol(k):
    """The rows of capacity_constant_rows that are fitted."""
    out = {}
    for c in CLASSES:
        out["e_bw " + c], out["m " + c], out["a " + c] = k["e_bw", c], k["m", c], k["a"]
    for e in ENGINES:
        old = e in ("vllm-old", "deepspeed-mii")
        out["t_L " + e] = k["t_L " + e] if e in ("tgi", "hf") else k["t_L old"] if old else k["t_L"]
        out["c_s " + e] = C_S_HF if e == "hf" else k["c_s old"] if old else k["c_s vllm"] if e in ("vllm", "sglang") \
            else k["c_s " + e] if e in ("tgi", "vllm-v0") else k["c_s kernels"]
    for link in ("nvlink", "pcie"):
        out["alpha " + link], out["e_l " + link] = k["alpha " + link], k["e_l"]
    out["t_L amd"] = out["c_s amd"] = k["amd"]
    out.update(FIXED)
    for name in ASSUMED:
        if isinstance(name, str) and name not in ("a", "e_l", "t_L", "t_L old", "t_L tgi", "t_L hf", "amd") and \
                name not in out and name not in ("c_s kernels", "c_s old"):
            out[name] = k[name]
    return out


MEMBERS = [
    ("d_c 8 bit", "compute_8bit"), ("d_c fp4", "compute_fp4"), ("d_c weight-only", "compute_weights_only"),
    ("d_c int4 step", "compute_int4_step"), ("d_w weight-only", "stream_weights_only"), ("d_w gddr", "stream_weights_gddr"),
    ("touched power", "touched_power"), ("d_c moe", "moe_compute"), ("d_w moe", "moe_stream"), ("t_L moe", "moe_layer_s"), ("t_p moe", "moe_prefill_layer_s"),
    ("t_L tensor", "layer_tensor"), ("t_L quantised", "layer_quantised"), ("KV repeat", "repeat_heads"),
    ("alpha deepspeed-mii", "deepspeed_latency"), ("t_L amd", "amd_layer"), ("c_s amd", "amd_sequence"), ("t_0", "step_s"),
    ("c_s static", "static_sequence"), ("kappa", "admission"), ("TTFT floor", "ttft_floor_s"), ("s fixed", "lockstep_fixed"),
    ("s mixed", "lockstep_mixed"),
]


def write_constants(k, f80):
    s = by_symbol(k)
    up = lambda name: name.upper().replace("-", "_").replace(".", "_")
    with open(os.path.join(ROOT, "src", "model", "capacity_fitted.h"), "w") as f:
        say = lambda text: f.write(text + "\n")
        say("/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* Written by tests/fit/fit-capacity.py: members of struct capacity_constants. */")
        say("    .gpu = {")
        for c in CLASSES:
            say("        [CLASS_%s] = { %.3g, %.3g, %.3g }," % (up(c), s["e_bw " + c], s["m " + c], s["a " + c]))
        say("    },\n    .engine = {")
        for e in ENGINES:
            cap = "INFINITY" if np.isinf(CAPS[e]) else "%d" % CAPS[e]
            f_ = f80["loose"] if e in LOOSE else f80["usual"]
            say("        [ENGINE_%s] = { %.3g, %.3g, %s, %.3g }," % (up(e), s["t_L " + e], s["c_s " + e], cap, f_))
        say("    },\n    .link = {")
        for link in ("nvlink", "pcie"):
            say("        [LINK_%s] = { %.3g, %.3g }," % (up(link), s["alpha " + link], s["e_l " + link]))
        say("    },")
        for symbol, member in MEMBERS:
            say("    .%s = %.3g," % (member, s[symbol]))
        say("    .cap_per_rank = 1, .occupied_output = %g," % OCCUPIED)
        say("    .reserve_bytes = 2.0 * GIB, .reserve_token_bytes = 10, .pool_tensorrt = 0.95, .pool_vllm = 0.90,")
        say("    .moe_interval = %.3g, .ttft_interval = %.3g," % (f80["moe"], f80["ttft"]))


def write_folds(folds):
    symbols = list(by_symbol(next(iter(folds.values()))))
    with open(os.path.join(ROOT, "tests", "data", "capacity-folds.csv"), "w") as f:
        f.write("left_out," + ",".join(symbols) + "\n")
        for what, k in folds.items():
            s = by_symbol(k)
            f.write(what + "," + ",".join("%.4g" % s[n] for n in symbols) + "\n")


def main():
    models = {r["model"]: r for r in table("throughput-models.csv")}
    gpus = {r["gpu"]: r for r in table("throughput-gpus.csv")}
    d = Rows([row_of(r, models[r["model"]], gpus[r["gpu"]]) for r in table("throughput-public.csv")])
    k = {name: float("%.3g" % x) for name, x in fit(d).items()}
    print("%d constants" % len(k))
    for name, x in k.items():
        print("  %-24s %9.3g" % (" ".join(name) if isinstance(name, tuple) else name, x))
    report("fitted", d, ratios(d, k))
    folds, outs = {}, []
    for name, by in (("a (model, GPU) group left out", d.group), ("a GPU left out", d.gpu),
                     ("a model left out", d.model)):
        outs.append(left_out(d, k, by, folds))
        report(name, d, outs[-1])
    f80 = intervals(d, outs)
    print("80 % factors: " + ", ".join("%s %.3f" % item for item in f80.items()))
    for name, o in zip(("group", "GPU", "model"), outs):
        print("  hold, a %s left out: %s" % (name, coverage(d, o, f80)))
    if "--write" in sys.argv:
        write_constants(k, f80)
        write_folds(folds)


if __name__ == "__main__":
    main()
