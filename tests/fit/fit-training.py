#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fit the constants of training memory and training time on the public measurements.

Usage: fit-training.py [--write]

Reads tests/data/training-memory.csv, training-time.csv and training-shapes.csv; prints
the constants and their errors, fitted and with one source left out at a time. With
--write it rewrites src/model/training_fitted.h and tests/data/training-folds.csv, from
which `make validate` computes the table of left-out errors again. Needs numpy and scipy.
"""
import csv
import os
import re
import sys

import numpy as np
from scipy.optimize import least_squares

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
GIB = 2.0 ** 30

# What each constant means, with the value one would assume without measurements.
MEMORY = [
    ("kept", 0.6, "share of a layer's activations kept without checkpointing"),
    ("selective", 0.4, "the same with selective checkpointing"),
    ("again", 1.2, "layers recomputed at a time with checkpointing"),
    ("logit_bytes", 12, "bytes per logit: fp32 logits, their copy and gradient"),
    ("gathered", 2, "unsharded layers in flight"),
    ("constant_gib", 1.5, "context, kernels, fragments"),
]
TIME = [
    ("mfu_tuned", 0.5, "share of the 16-bit peak, tuned stacks on Ampere"),
    ("mfu_torch", 0.45, "the same, native torch"),
    ("mfu_hf", 0.4, "the same, Hugging Face Trainer"),
    ("layer_hf_s", 4e-3, "seconds per layer and micro-batch, Hugging Face Trainer"),
    ("hopper", 0.75, "on Hopper and later"),
    ("fp8", 1.6, "FP8, against the 16-bit peak"),
]
QLORA = 0.87  # of LoRA's share, as the model's description has it; the fit gives 0.88


def table(name):
    with open(os.path.join(ROOT, "tests", "data", name), newline="") as f:
        return list(csv.DictReader(f))


def number(text, otherwise=0.0):
    return float(text) if text != "" else otherwise


SHAPES = {r["model"]: r for r in table("training-shapes.csv")}


def shape(r):
    m = SHAPES[r["model"]]
    h, v = number(m["hidden"]), number(m["vocab"])
    return dict(n=number(m["total_b"]) * 1e9, active=number(m["active_b"]) * 1e9, layers=number(m["layers"]),
                h=h, v=v, q=number(m["q_heads"]) * number(m["head_dim"]), kv=number(m["kv_heads"]) * number(m["head_dim"]),
                ff=number(m["intermediate"]), gated=m["gated"] != "no", tables=v * h * (1 if m["tied"] == "yes" else 2))


def adapters(r, s):
    if r["method"] == "full":
        return 0.0
    note = r["note"]
    typed = re.search(r"(\d+) trainable parameters", note)
    rank = re.search(r"ank (\d+)", note)
    k = float(rank[1]) if rank else 64 if "fsdp_qlora" in r["framework"] or "QwenLM" in r["source"] else \
        32 if r["framework"] == "litgpt" else 16
    if typed:
        return float(typed[1])
    n = k * s["layers"] * (2 * (s["h"] + s["q"]) + 2 * (s["h"] + s["kv"]) + (3 if s["gated"] else 2) * (s["h"] + s["ff"]))
    if r["method"] == "lora+emb":
        n += 2 * s["v"] * s["h"]
    return n


def memory_parts(r):
    """Bytes that need no fit, and what each constant multiplies."""
    s, note, opt, shard = shape(r), r["note"], r["optimizer"], r["sharding"]
    gpus, tok = number(r["n_gpus"]), number(r["seq_len"]) * number(r["micro_batch"])
    quantised = r["method"] == "qlora" or r["base_bits"] == "4"
    full = r["method"] == "full"
    sharded = shard in ("fsdp", "zero3", "tp4+zero1")
    split = gpus if sharded or shard.startswith("tp") else 1
    host = "CPU offload" in note
    q = {"adamw-bf16": 8, "adamw-bf16-fused": 6, "adamw8bit-fused": 4}.get(opt, 16)
    a = adapters(r, s) * (8 if opt in ("adamw8bit", "adamw-bf16") else 16)
    if full:
        state = s["n"] * (4 + 12 / gpus) if shard == "zero2" else (0 if host else s["n"] * q / split)
    elif quantised:
        bits = 0.516 if "nf4-dq" in note else 0.5625
        state = ((0 if host else (s["n"] - s["tables"]) * bits + 2 * s["tables"]) + a) / split + 2 * s["n"] / s["layers"]
    else:
        state = ((0 if host else 2 * s["n"]) + a) / split
    layer = tok * (16 * s["h"] + 4 * s["kv"] + (8 if s["gated"] else 5) * s["ff"])
    x = dict(kept=0, selective=0, again=0, logit_bytes=0, gathered=0, constant_gib=GIB)
    if r["grad_ckpt"] == "yes":
        state += 0 if "activations offloaded" in note else 2 * tok * s["h"] * s["layers"]
        x["again"] = layer
    else:
        x["selective" if r["grad_ckpt"] == "selective" else "kept"] = layer * s["layers"]
    if not re.search("chunked loss|cut cross entropy|fused cross entropy|liger", note):
        x["logit_bytes"] = tok * s["v"]
    if sharded or host:
        x["gathered"] = (1.2 if quantised else 4) * (s["n"] - s["tables"]) / s["layers"] + \
            2 * (s["v"] * s["h"] if full else s["tables"])
    return state, [x[c[0]] for c in MEMORY]


def memory_rows():
    rows = []
    for r in table("training-memory.csv"):
        if r["seq_len"] and r["micro_batch"] and r["optimizer"] != "config default" and \
                "below weights" not in r["note"] and "upper bound" not in r["mem_kind"]:
            rows.append(r)
    return rows


def time_rows():
    return [r for r in table("training-time.csv")
            if r["mfu_pct"] and "A6000" not in r["gpu"] and r["model"] in SHAPES]


def stack(r):
    f = r["framework"]
    return 0 if f in ("llm-foundry", "nemo", "torchtitan", "ms-swift") else 1 if f == "torchtune" or "unsloth" in f else 2


def time_parts(r):
    s, tok = shape(r), number(r["seq_len"]) * number(r["micro_batch"])
    flop = (6 if r["method"] == "full" else 4) * s["active"] + 6 * s["layers"] * s["h"] * number(r["seq_len"])
    hopper = any(g in r["gpu"] for g in ("H100", "H200", "H20", "B200"))
    return (tok, flop, number(r["peak_tflops"]) * 1e12, s["layers"], stack(r), hopper, r["precision"] == "fp8",
            r["method"] == "qlora", number(r["n_gpus"]))


def memory_predict(p, parts):
    return np.array([a + np.dot(p, x) for a, x in parts])


def time_predict(p, parts):
    tok, flop, peak, layers, st, hopper, fp8, qlora, gpus = (np.array(c, float) for c in zip(*parts))
    mfu = np.array(p[:3])[st.astype(int)] * np.where(hopper > 0, p[4], 1) * np.where(fp8 > 0, p[5], 1) * np.where(qlora > 0, QLORA, 1)
    return gpus * tok / (tok * flop / (peak * mfu) + layers * np.where(st == 2, p[3], 0))


def fit(predict, parts, want, groups, constants):
    """Robust on log ratios, each source weighted by the root of its size; constants stay near what one
    would assume where nothing is measured."""
    prior = np.log([c[1] for c in constants])
    size = {g: np.sum(groups == g) for g in set(groups)}
    weight = np.array([size[g] ** -0.25 for g in groups])
    weight /= np.sqrt(np.mean(weight ** 2))
    logs = np.log(want)

    def residuals(x):
        z = weight * (np.log(predict(np.exp(x), parts)) - logs) / 0.12
        return np.concatenate([np.sign(z) * np.sqrt(2 * (np.sqrt(1 + z * z) - 1)), (x - prior) / 0.5])

    return np.exp(least_squares(residuals, prior).x)


def errors(ratio):
    e = np.abs(ratio - 1)
    return "%4d rows: median %5.1f %%, P90 %5.1f %%, within 25 %%: %4.1f %%" % (
        len(e), 100 * np.median(e), 100 * np.percentile(e, 90), 100 * np.mean(e <= 0.25))


def left_out(name, predict, rows, parts, want, constants):
    source = np.array([r["source"].split("@")[0] for r in rows])
    whole = fit(predict, parts, want, source, constants)
    whole = np.array([float("%.3g" % x) for x in whole])
    got, folds = np.zeros(len(want)), []
    for s in sorted(set(source)):
        out = source == s
        p = fit(predict, [x for x, o in zip(parts, out) if not o], want[~out], source[~out], constants)
        got[out] = predict(p, [x for x, o in zip(parts, out) if o])
        folds.append((name, s, p))
    print(name)
    for c, x in zip(constants, whole):
        print("  %-14s %8.4g  %s" % (c[0], x, c[2]))
    print("  fitted          ", errors(predict(whole, parts) / want))
    print("  source left out ", errors(got / want))
    return whole, folds, got / want


def main():
    rows = memory_rows()
    parts, want = [memory_parts(r) for r in rows], np.array([number(r["mem_gib"]) * GIB for r in rows])
    memory, folds, ratio = left_out("memory", memory_predict, rows, parts, want, MEMORY)
    spread = np.exp(np.percentile(np.abs(np.log(ratio)), 80))
    print("  80 %% lie within x/ %.3f" % spread)
    for m in ("full", "lora", "qlora"):
        k = np.array([r["method"] == m for r in rows])
        print("    %-6s" % m, errors(ratio[k]))
    rows = time_rows()
    parts, want = [time_parts(r) for r in rows], np.array([number(r["tok_s"]) for r in rows])
    time, more, ratio = left_out("time", time_predict, rows, parts, want, TIME)
    time_spread = np.exp(np.percentile(np.abs(np.log(ratio)), 80))
    print("  80 %% lie within x/ %.3f" % time_spread)
    if "--write" not in sys.argv:
        return
    with open(os.path.join(ROOT, "tests", "data", "training-folds.csv"), "w") as f:
        f.write("what,left_out," + ",".join("c%d" % i for i in range(7)) + "\n")
        for name, source, p in folds + more:
            f.write(",".join([name, '"%s"' % source] + ["%.6g" % x for x in p] + [""] * (7 - len(p))) + "\n")
    with open(os.path.join(ROOT, "src", "model", "training_fitted.h"), "w") as f:
        f.write("/* SPDX-License-Identifier: GPL-3.0-or-later */\n/* Written by tests/fit/fit-training.py. */\n")
        for c, x in list(zip(MEMORY, memory)) + list(zip(TIME, time)):
            f.write("    .%s = %.3g, /* %s */\n" % (c[0], x, c[2]))
        f.write("    .qlora = %.3g, /* weights unpacked first; not fitted */\n" % QLORA)
        f.write("    .memory_interval = %.3g, .hours_interval = %.3g, /* 80 %% of left-out sources */\n" % (spread, time_spread))


if __name__ == "__main__":
    main()
