#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write catalog/models.yaml, prices.yaml, gpus.yaml and gpu-prices.yaml.

    tests/fit/make-catalog.py FOLDER OUT

FOLDER holds the collected reference tables: models.csv, throughput-models.csv,
gpus.csv, throughput-gpus.csv, gpu-prices.csv, and prices/litellm-prices.json,
prices/models-dev.json and prices/genai-prices.json.  OUT is usually catalog/.  It is
run by hand when the tables change, never by the build; what it writes is checked in
and may be edited.

Every entry gets the public source of its figures and the date on which the source
said so.  Nothing is guessed: a figure that no table has is left out, which the
program reads as "unknown".
"""
import csv
import json
import os
import re
import sys

PLAIN = re.compile(r"^[A-Za-z0-9/][A-Za-z0-9_./@+ -]*[A-Za-z0-9_./@+]$|^[A-Za-z0-9]$")
HEAD = "# SPDX-License-Identifier: GPL-3.0-or-later\n"


def scalar(x):
    """A YAML scalar; quoted where a plain one would read as something else."""
    if isinstance(x, bool):
        return "yes" if x else "no"
    if isinstance(x, (int, float)):
        text = repr(round(x, 9)) if isinstance(x, float) else str(x)
        return text[:-2] if text.endswith(".0") else text
    return x if PLAIN.match(x) else json.dumps(x)


def flow(x):
    if isinstance(x, dict):
        return "{" + ", ".join("%s: %s" % (k, flow(v)) for k, v in x.items() if v is not None) + "}"
    if isinstance(x, list):
        return "[" + ", ".join(flow(v) for v in x) + "]"
    return scalar(x)


def block(entry):
    lines = []
    for k, v in entry.items():
        if v is None or v == "":
            continue
        if isinstance(v, list) and v and isinstance(v[0], dict):
            lines.append("%s:" % k)
            lines += ["- " + flow(w) for w in v]
        else:
            lines.append("%s: %s" % (k, flow(v)))
    return "- " + "\n  ".join(lines) + "\n"


def public(source):
    """A source without remarks about how it was read."""
    return re.sub(r" ?\((stored pages?)(, ([^)]*))?\)", lambda m: " (%s)" % m[3] if m[3] else "", source)


def write(path, about, sources, kind, entries, one_line=False):
    with open(path, "w") as f:
        f.write(HEAD)
        for line in about.strip().split("\n"):
            f.write("# " + line + "\n")
        f.write("# Written by tests/fit/make-catalog.py.\n\nsources:\n")
        for key, (text, date) in sources.items():
            f.write("  %s: {text: %s, as_of: %s}\n" % (key, json.dumps(text), date))
        f.write("\n%s:\n" % kind)
        for e in entries:
            f.write("- " + flow(e) + "\n" if one_line else block(e))


def rows(folder, name):
    with open(os.path.join(folder, name), newline="") as f:
        return list(csv.DictReader(f))


def number(text):
    if text == "":
        return None
    x = float(text)
    return int(x) if x == int(x) else x


# ---- models -----------------------------------------------------------------------

NAMES = {
    "llama": "Llama", "mistral": "Mistral", "mixtral": "Mixtral", "qwen": "Qwen", "gemma": "Gemma",
    "phi": "Phi", "deepseek": "DeepSeek", "gpt": "GPT", "oss": "OSS", "codellama": "Code Llama",
    "falcon": "Falcon", "gptj": "GPT-J", "minimax": "MiniMax", "yi": "Yi", "nemo": "Nemo",
    "small": "Small", "large": "Large", "scout": "Scout", "maverick": "Maverick",
}
VENDORS = {
    "llama": "meta", "codellama": "meta", "mistral": "mistral", "mixtral": "mistral", "qwen": "alibaba",
    "gemma": "google", "phi": "microsoft", "deepseek": "deepseek", "gpt-oss": "openai",
    "falcon": "tii", "gptj": "eleutherai", "minimax": "minimax", "yi": "01-ai",
}
CLASSES = {"Apache-2.0": "open", "MIT": "open"}
# Licences, sizes and contexts of models that models.csv lacks: (family, licence, class, context).
# A context is the config's max_position_embeddings.
EXTRA = {
    "codellama-34b": ("llama", "Llama 2 Community License", "conditional", 16384),
    "deepseek-r1": ("deepseek", "MIT", "open", 163840),
    "falcon-180b": ("falcon", "Falcon-180B TII License", "conditional", 2048),
    "gptj-6b": ("gptj", "Apache-2.0", "open", 2048),
    "llama-30b": ("llama", "LLaMA licence of 2023 (research)", "research", 2048),
    "llama2-13b": ("llama", "Llama 2 Community License", "conditional", 4096),
    "llama2-70b": ("llama", "Llama 2 Community License", "conditional", 4096),
    "llama2-7b": ("llama", "Llama 2 Community License", "conditional", 4096),
    "llama3-70b": ("llama", "Llama 3 Community License", "conditional", 8192),
    "llama3-8b": ("llama", "Llama 3 Community License", "conditional", 8192),
    "llama3.1-405b": ("llama", "Llama 3.1 Community License", "conditional", 131072),
    "llama3.2-11b-text": ("llama", "Llama 3.2 Community License", "conditional", 131072),
    "llama4-maverick": ("llama", "Llama 4 Community License", "conditional", 1048576),
    "llama4-scout": ("llama", "Llama 4 Community License", "conditional", 10485760),
    "minimax-m2.5": ("minimax", None, "unknown", None),
    "mistral-7b": ("mistral", "Apache-2.0", "open", 32768),
    "mistral-large-123b": ("mistral", "Mistral Research License", "research", 131072),
    "mixtral-8x22b": ("mixtral", "Apache-2.0", "open", 65536),
    "qwen1.5-72b": ("qwen", "Tongyi Qianwen License", "conditional", 32768),
    "qwen2-72b": ("qwen", "Tongyi Qianwen License", "conditional", 131072),
    "qwen2-7b": ("qwen", "Apache-2.0", "open", 131072),
    "qwen2.5-1.5b": ("qwen", "Apache-2.0", "open", 32768),
    "qwen2.5-3b": ("qwen", "Qwen Research License", "research", 32768),
    "qwen3-1.7b": ("qwen", "Apache-2.0", "open", 40960),
    "qwen3-14b": ("qwen", "Apache-2.0", "open", 40960),
    "qwen3-4b": ("qwen", "Apache-2.0", "open", 40960),
    "yi-34b": ("yi", "Apache-2.0", "open", 4096),
    "yi-6b": ("yi", "Apache-2.0", "open", 4096),
}
# Width of the feed-forward layers where the throughput table has none (training memory needs it).
INTERMEDIATE = {
    "codellama-34b": 22016, "gptj-6b": 16384, "llama-30b": 17920, "llama2-13b": 13824,
    "llama2-70b": 28672, "llama2-7b": 11008, "llama3-70b": 28672, "llama3-8b": 14336,
    "llama3.1-405b": 53248, "llama3.2-11b-text": 14336, "mistral-7b": 14336,
    "mistral-large-123b": 28672, "mixtral-8x22b": 16384, "qwen1.5-72b": 24576, "qwen2-72b": 29568,
    "qwen2-7b": 18944, "qwen2.5-1.5b": 8960, "qwen2.5-3b": 11008, "qwen3-1.7b": 6144,
    "qwen3-14b": 17408, "qwen3-4b": 9728, "yi-34b": 20480, "yi-6b": 11008,
}
# The throughput tables' one name for several models of one shape.
SHAPE_NAMES = {
    "llama3-8b": ["llama-3-8b", "llama-3.1-8b"],
    "llama3-70b": ["llama-3-70b", "llama-3.1-70b", "llama-3.3-70b"],
}
MODEL_SOURCES = {
    "shapes": ("config.json of the published weights, with the counts used beside the public throughput "
               "measurements collected in ai-dynamo/aiconfigurator@095f58a51c4c and the vendors' tables", "2026-08-22"),
}
# Closed models: id, name, family, vendor, litellm key, released (models.dev).
CLOSED = [
    ("claude-sonnet-5", "Claude Sonnet 5", "claude", "anthropic", "claude-sonnet-5", "2026-06-30"),
    ("claude-sonnet-4.6", "Claude Sonnet 4.6", "claude", "anthropic", "claude-sonnet-4-6", "2026-02-17"),
    ("claude-sonnet-4.5", "Claude Sonnet 4.5", "claude", "anthropic", "claude-sonnet-4-5", "2025-09-29"),
    ("claude-3.7-sonnet", "Claude 3.7 Sonnet", "claude", "anthropic", "claude-3-7-sonnet-20250219", "2025-02-19"),
    ("claude-opus-4.8", "Claude Opus 4.8", "claude", "anthropic", "claude-opus-4-8", "2026-05-28"),
    ("claude-opus-4.7", "Claude Opus 4.7", "claude", "anthropic", "claude-opus-4-7", "2026-04-16"),
    ("claude-opus-4.6", "Claude Opus 4.6", "claude", "anthropic", "claude-opus-4-6", "2026-02-05"),
    ("claude-opus-4.5", "Claude Opus 4.5", "claude", "anthropic", "claude-opus-4-5", "2025-11-24"),
    ("claude-opus-4.1", "Claude Opus 4.1", "claude", "anthropic", "claude-opus-4-1", "2025-08-05"),
    ("claude-haiku-4.5", "Claude Haiku 4.5", "claude", "anthropic", "claude-haiku-4-5", "2025-10-15"),
    ("gpt-5.6", "GPT-5.6", "gpt", "openai", "gpt-5.6", None),
    ("gpt-5.5", "GPT-5.5", "gpt", "openai", "gpt-5.5", "2026-04-23"),
    ("gpt-5.4", "GPT-5.4", "gpt", "openai", "gpt-5.4", "2026-03-05"),
    ("gpt-5.4-mini", "GPT-5.4 mini", "gpt", "openai", "gpt-5.4-mini", "2026-03-17"),
    ("gpt-5.4-nano", "GPT-5.4 nano", "gpt", "openai", "gpt-5.4-nano", "2026-03-17"),
    ("gpt-5.2", "GPT-5.2", "gpt", "openai", "gpt-5.2", "2025-12-11"),
    ("gpt-5.1", "GPT-5.1", "gpt", "openai", "gpt-5.1", "2025-11-13"),
    ("gpt-5", "GPT-5", "gpt", "openai", "gpt-5", "2025-08-07"),
    ("gpt-5-mini", "GPT-5 mini", "gpt", "openai", "gpt-5-mini", "2025-08-07"),
    ("gpt-5-nano", "GPT-5 nano", "gpt", "openai", "gpt-5-nano", "2025-08-07"),
    ("gpt-4.1", "GPT-4.1", "gpt", "openai", "gpt-4.1", "2025-04-14"),
    ("gpt-4.1-mini", "GPT-4.1 mini", "gpt", "openai", "gpt-4.1-mini", "2025-04-14"),
    ("gpt-4.1-nano", "GPT-4.1 nano", "gpt", "openai", "gpt-4.1-nano", "2025-04-14"),
    ("gpt-4o-mini", "GPT-4o mini", "gpt", "openai", "gpt-4o-mini", "2024-07-18"),
    ("o3", "o3", "o", "openai", "o3", "2025-04-16"),
    ("o4-mini", "o4-mini", "o", "openai", "o4-mini", "2025-04-16"),
    ("gemini-3.5-flash", "Gemini 3.5 Flash", "gemini", "google", "gemini/gemini-3.5-flash", None),
    ("gemini-3.1-pro", "Gemini 3.1 Pro (preview)", "gemini", "google", "gemini/gemini-3.1-pro-preview", "2026-02-19"),
    ("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite", "gemini", "google", "gemini/gemini-3.1-flash-lite", "2026-05-07"),
    ("gemini-3-flash", "Gemini 3 Flash (preview)", "gemini", "google", "gemini/gemini-3-flash-preview", "2025-12-17"),
    ("gemini-2.5-pro", "Gemini 2.5 Pro", "gemini", "google", "gemini/gemini-2.5-pro", "2025-06-17"),
    ("gemini-2.5-flash", "Gemini 2.5 Flash", "gemini", "google", "gemini/gemini-2.5-flash", "2025-06-17"),
    ("gemini-2.5-flash-lite", "Gemini 2.5 Flash-Lite", "gemini", "google", "gemini/gemini-2.5-flash-lite", "2025-06-17"),
    ("mistral-medium-3.5", "Mistral Medium 3.5", "mistral", "mistral", "mistral/mistral-medium-3-5", None),
    ("grok-4", "Grok 4", "grok", "xai", "xai/grok-4", None),
    ("grok-4.3", "Grok 4.3", "grok", "xai", "xai/grok-4.3", None),
]
LITELLM = ("BerriAI/litellm model_prices_and_context_window.json, copy in Prajwalsrinvas/token-tariff@77b8722619d6",
           "2026-08-01")
MODELS_DEV = ("anomalyco/models.dev@f3fc69229967", "2026-07-02")
ARTICLE = ("Boolean and Beyond, Fine-Tuning Open-Source LLMs vs Using Claude/GPT-4 APIs", "2026-03-13")


def title(name):
    words = []
    for part in name.split("-"):
        m = re.match(r"^(codellama|llama|qwen|gptj|yi)([\d.]+)$", part)
        words += [NAMES[m[1]], m[2]] if m else [NAMES.get(part, part)]
    text = " ".join(words).replace("GPT OSS", "gpt-oss")
    text = re.sub(r"\b([a-z]?\d+(\.\d+)?b|[mrv]\d[\d.]*)\b", lambda m: m[0].upper(), text)
    return re.sub(r"(\dx\d+)b\b", r"\1B", text.replace(" V0.", " v0."))


def sliding(r):
    """(window, share of the layers that slide) from the attention column."""
    a, w = r["attention"], number(r["sliding_window"])
    if "chunked 8192" in a:
        return 8192, 0.75
    if "5 sliding" in a:
        return w, 5 / 6
    if "alternating" in a:
        return w, 0.5
    return (w, 1) if w else (None, None)


def shape_of(t):
    """The throughput table's figures, in single parameters."""
    total, active, routed = (number(t[k]) for k in ("total_b", "active_b", "routed_b"))
    return {
        "params": round(total * 1e9), "params_active": round(active * 1e9),
        "params_routed": round(routed * 1e9) if routed else None,
        "layers": number(t["layers"]), "hidden": number(t["hidden"]),
        "query_heads": number(t["q_heads"]), "kv_heads": number(t["kv_heads"]),
        "head_dim": number(t["head_dim"]), "vocab": number(t["vocab"]),
        "tied_embeddings": True if t["tied"] == "yes" else None,
        "experts": number(t["experts"]), "experts_per_token": number(t["experts_per_token"]),
        "kv_elements_per_token": number(t["kv_elements_per_token"]),
        "mla": True if t["model"].startswith("deepseek") else None,
        "window": number(t["swa_window"]), "window_share": number(t["swa_share"]),
    }


def open_model(r, t, by_alias):
    total = number(r["total_params"])
    window, share = sliding(r)
    licence = re.sub(r" \(.*", "", r["license"])
    if r["family"] == "gemma":
        licence = "Gemma Terms of Use"
    if t is not None and t["model"] == r["id"]:
        shape = shape_of(t)
    else:
        active = number(r["active_params_b"])
        moe, k = number(r["moe_intermediate_size"]), number(r["n_experts"])
        shape = {
            "params": total if total else round(number(r["total_params_published_b"]) * 1e9),
            "params_active": total if total and not k else round(active * 1e9),
            "layers": number(r["layers"]), "hidden": number(r["hidden_size"]),
            "query_heads": number(r["n_heads"]), "kv_heads": number(r["n_kv_heads"]),
            "head_dim": number(r["head_dim"]), "vocab": number(r["vocab_size"]),
            "tied_embeddings": True if r["tied_embeddings"] == "yes" else None,
            "experts": k, "experts_per_token": number(r["experts_per_token"]),
            "kv_elements_per_token": number(r["kv_bytes_per_token_bf16"]) // 2,
            "window": window, "window_share": share,
        }
        if k and t is not None:  # the same weights under the throughput tables' name
            same = shape_of(t)
            for key in ("params", "params_active", "params_routed", "kv_heads", "head_dim",
                        "kv_elements_per_token", "mla"):
                shape[key] = same[key]
        elif k and moe:
            shape["params_routed"] = number(r["layers"]) * k * 3 * moe * number(r["hidden_size"])
    source = r["config_source"]
    if r["other_sources"]:
        source += "; " + r["other_sources"]
    shape["intermediate"] = number(r["intermediate_size"])
    return {"id": r["id"], "name": title(r["id"]), "family": r["family"],
            "vendor": VENDORS[r["family"]] if r["family"] != "mistral" else "mistral",
            "alias": by_alias.get(r["id"]), "licence": licence,
            "licence_class": CLASSES.get(licence, "conditional"),
            "released": r["release_date"] or None, "open_weights": True, **shape,
            "context": number(r["context_length"]), "max_output": number(r["context_length"]),
            "source": public(source), "as_of": "2026-08-22"}


def contexts(folder):
    """Longest prompt and answer together, by models.dev; litellm lists the prompt alone for some."""
    with open(os.path.join(folder, "prices/models-dev.json")) as f:
        lists = json.load(f)
    return {key: m["limit"]["context"] for vendor in ("anthropic", "openai", "google", "mistral", "xai")
            for key, m in lists[vendor]["models"].items()}


def models(folder, out, prices):
    longest = contexts(folder)
    table = rows(folder, "models.csv")
    shapes = rows(folder, "throughput-models.csv")
    by_alias = {}
    for t in shapes:
        for mid in SHAPE_NAMES.get(t["model"], [t["models_csv_id"]]):
            if mid and t["model"] != mid and t["model"] != "deepseek-r1":
                by_alias[mid] = t["model"]
    by_alias["mistral-7b-v0.3"] = "mistral-7b"
    entries, done = [], set()
    for r in table:
        t = next((t for t in shapes if t["model"] == r["id"]), None)
        if t is None:
            t = next((t for t in shapes if t["models_csv_id"] == r["id"]), None)
        entries.append(open_model(r, t, by_alias))
        done.add(r["id"])
    for t in shapes:
        if t["model"] in done:
            continue
        family, licence, klass, context = EXTRA[t["model"]]
        name = title(t["model"])
        if t["model"] in SHAPE_NAMES:
            name += ", shape of all 3.x"
        entries.append({"id": t["model"], "name": name, "family": family, "vendor": VENDORS[family],
                        "licence": licence, "licence_class": klass, "open_weights": True,
                        **shape_of(t), "intermediate": INTERMEDIATE.get(t["model"]),
                        "context": context, "max_output": context, "source": "shapes"})
    # The article's two API models first; the list has lost Anthropic's key of the older one.
    entries.append({"id": "claude-3.5-sonnet", "name": "Claude 3.5 Sonnet", "family": "claude",
                    "vendor": "anthropic", "licence_class": "closed", "open_weights": False,
                    "released": "2024-06-20", "context": 200000, "max_output": 8192, "source": "models-dev"})
    entries.append({"id": "gpt-4o", "name": "GPT-4o", "family": "gpt", "vendor": "openai",
                    "licence_class": "closed", "open_weights": False, "released": "2024-05-13",
                    "context": 128000, "max_output": 16384, "source": "litellm"})
    for mid, name, family, vendor, key, released in CLOSED:
        p = prices[key]
        entries.append({"id": mid, "name": name, "family": family, "vendor": vendor,
                        "licence_class": "closed", "open_weights": False, "released": released,
                        "context": max(int(p["max_input_tokens"]), longest.get(key.split("/")[-1], 0)),
                        "max_output": int(p["max_output_tokens"]),
                        "source": ["litellm", "models-dev"] if key.split("/")[-1] in longest else "litellm"})
    about = """
Models: what they are called, may be used for, and their shape as the capacity model
needs it.  Counts are single parameters and elements.  "alias" is a model's name in
the throughput tables; such a name is also an entry of its own where several models
share one shape, with the rounded counts that the published measurements go with.
kv_elements_per_token: of the whole model; MLA models hold one compressed vector.
No figure: not published."""
    write(os.path.join(out, "models.yaml"), about,
          {**MODEL_SOURCES, "litellm": LITELLM, "models-dev": MODELS_DEV}, "models", entries)


# ---- token prices -------------------------------------------------------------------

BATCH_HALF = {  # vendors that sell batches at half price on their own pages, by model prefix
    "claude-": "anthropic-batch",
}
PRICE_SOURCES = {
    "litellm": LITELLM,
    "models-dev": MODELS_DEV,
    "article": ARTICLE,
    "genai": ("pydantic/genai-prices@47df840a5ab1 prices/data_slim.json", "2026-08-21"),
    "anthropic-batch": ("docs.anthropic.com/en/docs/build-with-claude/batch-processing (batches at half price)", "2026-08-01"),
    "anthropic-retired": ("docs.claude.com/en/docs/about-claude/model-deprecations", "2025-10-28"),
    "openai-tuning": ("fine-tuning rates of OpenAI as restated by tokenmix.ai/blog/openai-fine-tuning-pricing", "2026-04-01"),
}
DATED = {"claude-opus-4.6": "claude-opus-4-6", "claude-sonnet-4.6": "claude-sonnet-4-6",
         "claude-sonnet-5": "claude-sonnet-5"}
SUCCESSORS = {"claude-3.7-sonnet": "claude-sonnet-4.6"}
TUNED = {  # model: (litellm key of the tuned model, USD per million training tokens or None)
    "gpt-4o": ("ft:gpt-4o-2024-08-06", 25), "gpt-4o-mini": ("ft:gpt-4o-mini-2024-07-18", 3),
    "gpt-4.1": ("ft:gpt-4.1-2025-04-14", None), "gpt-4.1-mini": ("ft:gpt-4.1-mini-2025-04-14", None),
    "gpt-4.1-nano": ("ft:gpt-4.1-nano-2025-04-14", None),
}
HOSTED = {
    "together": {
        "llama-3.3-70b": "together_ai/meta-llama/Llama-3.3-70B-Instruct-Turbo",
        "llama-3.1-70b": "together_ai/meta-llama/Meta-Llama-3.1-70B-Instruct-Turbo",
        "llama-3.1-8b": "together_ai/meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo",
        "llama-3.1-405b": "together_ai/meta-llama/Meta-Llama-3.1-405B-Instruct-Turbo",
        "llama-4-scout": "together_ai/meta-llama/Llama-4-Scout-17B-16E-Instruct",
        "llama-4-maverick": "together_ai/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        "mixtral-8x7b": "together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1",
        "qwen3-235b-a22b": "together_ai/Qwen/Qwen3-235B-A22B-fp8-tput",
        "deepseek-v3": "together_ai/deepseek-ai/DeepSeek-V3",
        "deepseek-r1": "together_ai/deepseek-ai/DeepSeek-R1",
        "gpt-oss-120b": "together_ai/openai/gpt-oss-120b",
        "gpt-oss-20b": "together_ai/openai/gpt-oss-20b",
    },
    "groq": {
        "llama-3.3-70b": "groq/llama-3.3-70b-versatile", "llama-3.1-8b": "groq/llama-3.1-8b-instant",
        "llama-4-scout": "groq/meta-llama/llama-4-scout-17b-16e-instruct",
        "llama-4-maverick": "groq/meta-llama/llama-4-maverick-17b-128e-instruct",
        "qwen3-32b": "groq/qwen/qwen3-32b", "gpt-oss-120b": "groq/openai/gpt-oss-120b",
        "gpt-oss-20b": "groq/openai/gpt-oss-20b",
    },
    "fireworks": {
        "llama-3.3-70b": "fireworks_ai/accounts/fireworks/models/llama-v3p3-70b-instruct",
        "llama-3.1-70b": "fireworks_ai/accounts/fireworks/models/llama-v3p1-70b-instruct",
        "llama-3.1-8b": "fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct",
        "llama-3.1-405b": "fireworks_ai/accounts/fireworks/models/llama-v3p1-405b-instruct",
        "llama-3-70b": "fireworks_ai/accounts/fireworks/models/llama-v3-70b-instruct",
        "llama-3-8b": "fireworks_ai/accounts/fireworks/models/llama-v3-8b-instruct-hf",
        "mixtral-8x7b": "fireworks_ai/accounts/fireworks/models/mixtral-8x7b-instruct",
        "mixtral-8x22b": "fireworks_ai/accounts/fireworks/models/mixtral-8x22b-instruct",
        "mistral-7b-v0.3": "fireworks_ai/accounts/fireworks/models/mistral-7b-instruct-v3",
        "mistral-nemo-12b": "fireworks_ai/accounts/fireworks/models/mistral-nemo-instruct-2407",
        "mistral-small-24b-2501": "fireworks_ai/accounts/fireworks/models/mistral-small-24b-instruct-2501",
        "qwen2.5-7b": "fireworks_ai/accounts/fireworks/models/qwen2p5-7b-instruct",
        "qwen2.5-14b": "fireworks_ai/accounts/fireworks/models/qwen2p5-14b",
        "qwen2.5-32b": "fireworks_ai/accounts/fireworks/models/qwen2p5-32b-instruct",
        "qwen2.5-72b": "fireworks_ai/accounts/fireworks/models/qwen2p5-72b-instruct",
        "qwen3-8b": "fireworks_ai/accounts/fireworks/models/qwen3-8b",
        "qwen3-14b": "fireworks_ai/accounts/fireworks/models/qwen3-14b",
        "qwen3-32b": "fireworks_ai/accounts/fireworks/models/qwen3-32b",
        "qwen3-30b-a3b": "fireworks_ai/accounts/fireworks/models/qwen3-30b-a3b",
        "qwen3-235b-a22b": "fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b",
        "gemma-3-27b": "fireworks_ai/accounts/fireworks/models/gemma-3-27b-it",
        "deepseek-v3": "fireworks_ai/accounts/fireworks/models/deepseek-v3",
        "deepseek-r1": "fireworks_ai/accounts/fireworks/models/deepseek-r1",
        "gpt-oss-120b": "fireworks_ai/accounts/fireworks/models/gpt-oss-120b",
        "gpt-oss-20b": "fireworks_ai/accounts/fireworks/models/gpt-oss-20b",
    },
    "deepinfra": {
        "llama-3.3-70b": "deepinfra/meta-llama/Llama-3.3-70B-Instruct",
        "llama-3.1-70b": "deepinfra/meta-llama/Meta-Llama-3.1-70B-Instruct",
        "llama-3.1-8b": "deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct",
        "llama-3-8b": "deepinfra/meta-llama/Meta-Llama-3-8B-Instruct",
        "llama-4-scout": "deepinfra/meta-llama/Llama-4-Scout-17B-16E-Instruct",
        "llama-4-maverick": "deepinfra/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
        "mixtral-8x7b": "deepinfra/mistralai/Mixtral-8x7B-Instruct-v0.1",
        "mistral-nemo-12b": "deepinfra/mistralai/Mistral-Nemo-Instruct-2407",
        "mistral-small-24b-2501": "deepinfra/mistralai/Mistral-Small-24B-Instruct-2501",
        "qwen2.5-7b": "deepinfra/Qwen/Qwen2.5-7B-Instruct", "qwen2.5-72b": "deepinfra/Qwen/Qwen2.5-72B-Instruct",
        "qwen3-14b": "deepinfra/Qwen/Qwen3-14B", "qwen3-32b": "deepinfra/Qwen/Qwen3-32B",
        "qwen3-30b-a3b": "deepinfra/Qwen/Qwen3-30B-A3B", "qwen3-235b-a22b": "deepinfra/Qwen/Qwen3-235B-A22B",
        "gemma-3-12b": "deepinfra/google/gemma-3-12b-it", "gemma-3-27b": "deepinfra/google/gemma-3-27b-it",
        "phi-4": "deepinfra/microsoft/phi-4", "deepseek-v3": "deepinfra/deepseek-ai/DeepSeek-V3",
        "deepseek-r1": "deepinfra/deepseek-ai/DeepSeek-R1",
        "gpt-oss-120b": "deepinfra/openai/gpt-oss-120b", "gpt-oss-20b": "deepinfra/openai/gpt-oss-20b",
    },
    "nebius": {
        "llama-3.3-70b": "nebius/meta-llama/Llama-3.3-70B-Instruct",
        "llama-3.1-70b": "nebius/meta-llama/Meta-Llama-3.1-70B-Instruct",
        "llama-3.1-8b": "nebius/meta-llama/Meta-Llama-3.1-8B-Instruct",
        "llama-3.1-405b": "nebius/meta-llama/Meta-Llama-3.1-405B-Instruct",
        "mistral-nemo-12b": "nebius/mistralai/Mistral-Nemo-Instruct-2407",
        "qwen2.5-32b": "nebius/Qwen/Qwen2.5-32B-Instruct", "qwen2.5-72b": "nebius/Qwen/Qwen2.5-72B-Instruct",
        "qwen3-4b": "nebius/Qwen/Qwen3-4B", "qwen3-14b": "nebius/Qwen/Qwen3-14B",
        "qwen3-32b": "nebius/Qwen/Qwen3-32B", "qwen3-30b-a3b": "nebius/Qwen/Qwen3-30B-A3B",
        "qwen3-235b-a22b": "nebius/Qwen/Qwen3-235B-A22B", "gemma-3-27b": "nebius/google/gemma-3-27b-it",
        "deepseek-v3": "nebius/deepseek-ai/DeepSeek-V3", "deepseek-r1": "nebius/deepseek-ai/DeepSeek-R1",
    },
    "cerebras": {
        "llama-3.3-70b": "cerebras/llama-3.3-70b", "llama-3.1-8b": "cerebras/llama3.1-8b",
        "qwen3-32b": "cerebras/qwen-3-32b", "gpt-oss-120b": "cerebras/gpt-oss-120b",
    },
    "novita": {
        "llama-3.3-70b": "novita/meta-llama/llama-3.3-70b-instruct",
        "llama-3.1-8b": "novita/meta-llama/llama-3.1-8b-instruct",
        "llama-3-70b": "novita/meta-llama/llama-3-70b-instruct", "llama-3-8b": "novita/meta-llama/llama-3-8b-instruct",
        "mistral-nemo-12b": "novita/mistralai/mistral-nemo", "qwen2.5-7b": "novita/qwen/qwen2.5-7b-instruct",
        "qwen2.5-72b": "novita/qwen/qwen-2.5-72b-instruct", "qwen3-8b": "novita/qwen/qwen3-8b-fp8",
        "gemma-3-12b": "novita/google/gemma-3-12b-it", "gemma-3-27b": "novita/google/gemma-3-27b-it",
        "gpt-oss-120b": "novita/openai/gpt-oss-120b", "gpt-oss-20b": "novita/openai/gpt-oss-20b",
    },
    "scaleway": {
        "llama-3.3-70b": "scaleway/meta/llama-3.3-70b-instruct", "gemma-3-27b": "scaleway/google/gemma-3-27b-it",
        "gpt-oss-120b": "scaleway/openai/gpt-oss-120b",
    },
    "mistral": {
        "mistral-7b-v0.3": "mistral/open-mistral-7b", "mistral-nemo-12b": "mistral/open-mistral-nemo",
        "mixtral-8x7b": "mistral/open-mixtral-8x7b", "mixtral-8x22b": "mistral/open-mixtral-8x22b",
    },
    "deepseek": {"deepseek-v3": "deepseek/deepseek-v3", "deepseek-r1": "deepseek/deepseek-r1"},
    "bedrock": {
        "llama-3.3-70b": "meta.llama3-3-70b-instruct-v1:0", "llama-3.1-70b": "meta.llama3-1-70b-instruct-v1:0",
        "llama-3.1-8b": "meta.llama3-1-8b-instruct-v1:0", "llama-3.1-405b": "meta.llama3-1-405b-instruct-v1:0",
        "llama-3-70b": "meta.llama3-70b-instruct-v1:0", "llama-3-8b": "meta.llama3-8b-instruct-v1:0",
        "llama-4-scout": "meta.llama4-scout-17b-instruct-v1:0",
        "llama-4-maverick": "meta.llama4-maverick-17b-instruct-v1:0",
        "mixtral-8x7b": "mistral.mixtral-8x7b-instruct-v0:1", "qwen3-32b": "qwen.qwen3-32b-v1:0",
        "gemma-3-12b": "google.gemma-3-12b-it", "gemma-3-27b": "google.gemma-3-27b-it",
        "deepseek-r1": "us.deepseek.r1-v1:0",
        "gpt-oss-120b": "openai.gpt-oss-120b-1:0", "gpt-oss-20b": "openai.gpt-oss-20b-1:0",
        "claude-sonnet-5": "anthropic.claude-sonnet-5", "claude-sonnet-4.6": "anthropic.claude-sonnet-4-6",
        "claude-sonnet-4.5": "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "claude-opus-4.6": "anthropic.claude-opus-4-6-v1",
        "claude-haiku-4.5": "anthropic.claude-haiku-4-5-20251001-v1:0",
    },
    "bedrock-eu": {
        "claude-sonnet-4.6": "eu.anthropic.claude-sonnet-4-6",
        "claude-haiku-4.5": "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
    },
    "bedrock-mumbai": {
        "llama-3-70b": "bedrock/ap-south-1/meta.llama3-70b-instruct-v1:0",
        "llama-3-8b": "bedrock/ap-south-1/meta.llama3-8b-instruct-v1:0",
        "minimax-m2.5": "bedrock/ap-south-1/minimax.minimax-m2.5",
    },
    "azure": {
        "gpt-4o": "azure/gpt-4o", "gpt-4o-mini": "azure/gpt-4o-mini", "gpt-5": "azure/gpt-5",
        "gpt-5-mini": "azure/gpt-5-mini", "gpt-5.4": "azure/gpt-5.4", "gpt-5.4-mini": "azure/gpt-5.4-mini",
    },
    "azure-eu": {"gpt-5.4": "azure/eu/gpt-5.4", "gpt-5-mini": "azure/eu/gpt-5-mini-2025-08-07"},
    "google-cloud": {
        "claude-sonnet-4.6": "vertex_ai/claude-sonnet-4-6", "claude-haiku-4.5": "vertex_ai/claude-haiku-4-5",
        "gemini-2.5-pro": "gemini-2.5-pro", "gemini-2.5-flash": "gemini-2.5-flash",
        "gemini-2.5-flash-lite": "gemini-2.5-flash-lite",
    },
}


def per_million(x):
    return None if x is None else round(float(x) * 1e6, 9)


def token_prices(p, suffix=""):
    """The prices of one litellm entry, or of its tier when suffix is given."""
    out = {}
    for name, key in (("input", "input_cost_per_token"), ("output", "output_cost_per_token"),
                      ("cache_read", "cache_read_input_token_cost"),
                      ("cache_write", "cache_creation_input_token_cost")):
        value = p.get(key + suffix)
        # A write price of 0 beside a read price means "nothing extra is charged for writing".
        if name == "cache_write" and value == 0:
            value = None
        out[name] = per_million(value)
    if not suffix and p.get("input_cost_per_token_batches"):
        out["batch_input"] = per_million(p["input_cost_per_token_batches"])
        out["batch_output"] = per_million(p["output_cost_per_token_batches"])
    return out


def tiers(p):
    found = []
    for key in p:
        m = re.match(r"^input_cost_per_token_above_(\d+)k_tokens$", key)
        if m:
            tier = {"above": int(m[1]) * 1000}
            if p["litellm_provider"] == "xai":
                tier["inclusive"] = True
            tier.update(token_prices(p, "_above_%sk_tokens" % m[1]))
            found.append(tier)
    return sorted(found, key=lambda t: t["above"]) or None


def price(model, host, key, prices):
    p = prices[key]
    sources = ["litellm"]
    e = {"model": model, "host": host, "list": "litellm", "key": key, **token_prices(p)}
    prefix = next((b for b in BATCH_HALF if model.startswith(b)), None)
    if prefix and host == "anthropic" and "batch_input" not in e:
        e["batch_input"], e["batch_output"] = round(e["input"] / 2, 9), round(e["output"] / 2, 9)
        sources.append(BATCH_HALF[prefix])
    e["tiers"] = tiers(p)
    if p.get("deprecation_date"):
        e["retired"] = p["deprecation_date"]
        e["successor"] = SUCCESSORS.get(model)
    if host == "openai" and model in TUNED:
        tuned, training = TUNED[model]
        e["tuned_input"], e["tuned_output"] = (token_prices(prices[tuned])[k] for k in ("input", "output"))
        if training:
            e["training"] = training
            sources.append("openai-tuning")
    e["source"] = sources if len(sources) > 1 else sources[0]
    return e


def dated(e, genai):
    """Replace one price by the dated steps that genai-prices has for it."""
    steps = []
    for part in genai["prices"]:
        step, high = {}, {}
        start = part.get("constraint", {}).get("start_date")
        if start:
            step["from"] = start
        for name, key in (("input", "input_mtok"), ("output", "output_mtok"),
                          ("cache_read", "cache_read_mtok"), ("cache_write", "cache_write_mtok")):
            v = part["prices"].get(key)
            if isinstance(v, dict):
                high["above"] = v["tiers"][0]["start"]
                high[name] = v["tiers"][0]["price"]
                v = v["base"]
            step[name] = v
        step["batch_input"], step["batch_output"] = step["input"] / 2, step["output"] / 2
        if high:
            step["tiers"] = [high]
        steps.append(step)
    if "anthropic" not in e["host"]:
        return
    for k in ("input", "output", "cache_read", "cache_write", "batch_input", "batch_output", "tiers"):
        e.pop(k, None)
    source = e.pop("source")
    e.update(steps[0])
    e["steps"] = steps[1:]
    e["source"] = (source if isinstance(source, list) else [source]) + ["genai"]


def token_price_list(folder, out, prices):
    with open(os.path.join(folder, "prices/genai-prices.json")) as f:
        genai = {m["id"]: m for p in json.load(f) if p["id"] == "anthropic" for m in p["models"]}
    entries = [{
        "model": "claude-3.5-sonnet", "host": "anthropic", "list": "models.dev", "key": "anthropic/claude-3-5-sonnet-20241022",
        "input": 3, "output": 15, "cache_read": 0.3, "cache_write": 3.75, "batch_input": 1.5, "batch_output": 7.5,
        "retired": "2025-10-28", "successor": "claude-sonnet-4.5", "ttft_ms": 450, "output_tokens_per_s": 90,
        "source": ["article", "models-dev", "anthropic-batch", "anthropic-retired"]}]
    e = price("gpt-4o", "openai", "gpt-4o", prices)
    e.update({"ttft_ms": None, "output_tokens_per_s": 70, "source": ["article", "litellm", "openai-tuning"]})
    entries.append(e)
    for mid, _, _, vendor, key, _ in CLOSED:
        e = price(mid, vendor, key, prices)
        if mid in DATED:
            dated(e, genai[DATED[mid]])
        entries.append(e)
    for host, table in HOSTED.items():
        for mid, key in table.items():
            entries.append(price(mid, host, key, prices))
    about = """
What one model costs at one host: USD per million tokens.  A prompt above "above"
tokens is priced whole by that tier; a price that a tier does not name stays.  "steps"
are later prices, each in force from its day.  training: per million training tokens;
tuned_input and tuned_output: the tuned model.  batch: both sides or neither.
ttft_ms and output_tokens_per_s: the middle of what the article states.
No figure: the lists have none.  The first source gives the prices and the date."""
    write(os.path.join(out, "prices.yaml"), about, PRICE_SOURCES, "prices", entries)


# ---- GPUs ------------------------------------------------------------------------------

GPU_NAMES = {"A40": "A40 48GB", "A6000": "RTX A6000 48GB", "B300": "B300 288GB", "GB200": "GB200 192GB",
             "GH200-144G": "GH200 144GB", "GH200-96G": "GH200 96GB", "H20": "H20 96GB", "H20-141G": "H20 141GB",
             "H200-NVL": "H200 NVL 141GB", "MI325X": "Instinct MI325X", "RTX3090": "GeForce RTX 3090",
             "RTX5090": "GeForce RTX 5090", "RTX6000Ada": "RTX 6000 Ada 48GB",
             "RTXPRO6000": "RTX PRO 6000 Server 96GB", "V100S": "V100S 32GB"}
GPU_IDS = {"A40": "a40", "A6000": "rtx-a6000", "B300": "b300-288-sxm", "GB200": "gb200-192", "GH200-144G": "gh200-144",
           "GH200-96G": "gh200-96", "H20": "h20-96", "H20-141G": "h20-141", "H200-NVL": "h200-141-nvl",
           "MI325X": "mi325x", "RTX3090": "rtx-3090", "RTX5090": "rtx-5090", "RTX6000Ada": "rtx-6000-ada",
           "RTXPRO6000": "rtx-pro-6000", "V100S": "v100s-32"}
GPU_MEMORY = {"A40": 48, "A6000": 48, "B300": 288, "GB200": 192, "GH200-144G": 144, "GH200-96G": 96, "H20": 96,
              "H20-141G": 141, "H200-NVL": 141, "MI325X": 256, "RTX3090": 24, "RTX5090": 32, "RTX6000Ada": 48,
              "RTXPRO6000": 96, "V100S": 32}
# In gpus.csv only. Usable: A10 as A10G (the same memory), T4 as nvidia-smi reports it.
GPU_ONLY = {"a10": {"class": "gddr", "usable_gib": 22.5, "pcie_gbs": 32},
            "t4": {"class": "gddr", "usable_gib": 15.0, "fp16_tflops": 65, "pcie_gbs": 16}}
GPU_SOURCES = {"sheet": ("the vendor's data sheet (dense rates); usable memory as nvidia-smi or rocm-smi reports it", "2026-08-22")}


def gpus(folder, out):
    table = {r["id"]: r for r in rows(folder, "gpus.csv")}
    entries, done = [], set()

    def from_throughput(t):
        return {"class": t["class"], "usable_gib": number(t["usable_gib"]), "bandwidth_gbs": number(t["bw_gbs"]),
                "fp16_tflops": number(t["fp16_tflops"]), "fp8_tflops": number(t["fp8_tflops"]),
                "int8_tops": number(t["int8_tops"]), "fp4_tflops": number(t["fp4_tflops"]),
                "nvlink_gbs": number(t["nvlink_gbs_per_direction"]), "pcie_gbs": number(t["pcie_gbs_per_direction"])}

    for t in rows(folder, "throughput-gpus.csv"):
        r = table.get(t["gpus_csv_id"])
        if r is None:
            vendor = "AMD" if t["gpu"].startswith("MI") else "NVIDIA"
            entries.append({"id": GPU_IDS[t["gpu"]], "name": GPU_NAMES[t["gpu"]], "vendor": vendor, "alias": t["gpu"],
                            "memory_gib": GPU_MEMORY[t["gpu"]], **from_throughput(t), "source": "sheet"})
            continue
        done.add(r["id"])
        entries.append({"id": r["id"], "name": r["name"] + ("" if r["form"] in ("PCIe", "SXM", "OAM") else " " + r["form"].split(" ")[0])
                        if "PCIe" not in r["form"] or r["id"].endswith("pcie") else r["name"],
                        "vendor": r["vendor"], "alias": t["gpu"], "memory_gib": number(r["memory_gib"]),
                        **from_throughput(t), "watts": number(r["tdp_w"]),
                        "source": public(r["sources"]), "as_of": "2026-08-22"})
        if r["id"].endswith("-pcie"):
            entries[-1]["name"] = r["name"] + " PCIe"
    for r in table.values():
        if r["id"] not in done:
            e = {"id": r["id"], "name": r["name"], "vendor": r["vendor"], "memory_gib": number(r["memory_gib"]),
                 "bandwidth_gbs": number(r["memory_bw_gbs"]), "fp16_tflops": number(r["bf16_dense_tflops"]),
                 "int8_tops": number(r["int8_dense_tops"]), "watts": number(r["tdp_w"]),
                 "source": public(r["sources"]), "as_of": "2026-08-22"}
            e.update(GPU_ONLY[r["id"]])
            entries.append(e)
    about = """
GPUs.  Rates are dense, without sparsity; bandwidth in 1e9 bytes a second; links per
direction.  memory_gib is the marketed size, usable_gib what the driver reports.
"alias" is the name in the throughput tables.  No figure: the card has it not, or
nobody has published it."""
    write(os.path.join(out, "gpus.yaml"), about, GPU_SOURCES, "gpus", entries)


# ---- GPU prices ---------------------------------------------------------------------------

NOTES = {
    "a2-highgpu-1g": "the machine that the article names at $3.67: one card of 40 GB",
    "a2-ultragpu-1g": "the machine with one card of 80 GB",
    "Standard_NC24ads_A100_v4": "the same $3.67 with a card of 80 GB",
}


def gpu_price(r):
    note, instance, region = NOTES.get(r["instance"]), r["instance"], r["region"].replace(" ", "-")
    if instance.startswith("via shadeform: "):
        instance, note = instance[len("via shadeform: "):], "sold through Shadeform"
    elif r["region"] == "lowest listed":
        instance, note = r["gpu_id"], "the lowest offer seen for one GPU"
    elif instance.startswith("t4 "):
        instance, note = "t4", "the accelerator alone; the machine is extra"
    elif r["region"] == "secure cloud" or instance == "1x":
        instance = r["gpu_id"]
    if "one list price" in r["notes"]:
        note = "one price in every region"
    if "second-hand" in r["notes"]:
        note = "second-hand list"
    if "OLD row" in r["notes"]:
        note = "old; kept for its spot price"
    if "community cloud" in r["notes"]:
        note = "spot is the community cloud's price, not an interruptible one"
    if "form factor" in r["notes"]:
        note = (note + "; " if note else "") + "form factor as the list names it"
    instance = re.sub(r"[^A-Za-z0-9_.+-]+", "-", instance).strip("-")
    per = lambda k: number(r[k + "_per_gpu_h"])
    return {"provider": r["provider"], "region": region, "instance": instance, "gpu": r["gpu_id"],
            "gpus": number(r["gpu_count"]), "on_demand": per("on_demand"), "spot": per("spot"),
            "reserved_1y": per("reserved_1y"), "note": note}


def gpu_prices(folder, out):
    sources, entries, seen = {}, [], set()
    for r in rows(folder, "gpu-prices.csv"):
        text, date = public(r["source"]), r["as_of"]
        if "not obtainable" in date:
            text, date = text + " (2026, day not known)", "2026-01"
        key = next((k for k, v in sources.items() if v == (text, date)), None)
        if key is None:
            key = "s%d" % (len(sources) + 1)
            sources[key] = (text, date)
        e = gpu_price(r)
        while (e["provider"], e["region"], e["instance"]) in seen:
            e["instance"] += "-" + r["gpu_id"] if not e["instance"].endswith(r["gpu_id"]) else "-b"
        seen.add((e["provider"], e["region"], e["instance"]))
        entries.append({**e, "source": key})
    about = """
What a GPU-hour costs: USD for one GPU of the machine, by the hour, Linux, without
tax.  reserved_1y: one year committed, nothing upfront."""
    write(os.path.join(out, "gpu-prices.yaml"), about, sources, "gpu-prices", entries, one_line=True)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, out = sys.argv[1:]
    with open(os.path.join(folder, "prices/litellm-prices.json")) as f:
        prices = json.load(f)
    models(folder, out, prices)
    token_price_list(folder, out, prices)
    gpus(folder, out)
    gpu_prices(folder, out)


if __name__ == "__main__":
    main()
