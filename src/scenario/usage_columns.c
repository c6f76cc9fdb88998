/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "usage.h"

/* Where gateways and vendors keep what in the logs that they export. */

static const char *const role_names[USAGE_ROLES] = {
    [USAGE_TIME] = "time",           [USAGE_INPUT] = "input",
    [USAGE_OUTPUT] = "output",       [USAGE_CACHED] = "cached",
    [USAGE_CACHE_WRITE] = "cache_write", [USAGE_REQUESTS] = "requests",
    [USAGE_BATCH] = "batch",         [USAGE_STATUS] = "status",
};

static const struct usage_format formats[] = {
    { .name = "litellm", /* LiteLLM_SpendLogs; prompt_tokens includes the cached ones */
      .marks = { "startTime", "prompt_tokens", "completion_tokens" },
      .columns = {
          [USAGE_TIME] = { "startTime" },
          [USAGE_INPUT] = { "prompt_tokens" },
          [USAGE_OUTPUT] = { "completion_tokens" },
          [USAGE_CACHED] = { "metadata.usage_object.prompt_tokens_details.cached_tokens",
                             "metadata.additional_usage_values.cache_read_input_tokens",
                             "metadata.usage_object.cache_read_input_tokens", "cache_read_input_tokens" },
          [USAGE_CACHE_WRITE] = { "metadata.additional_usage_values.cache_creation_input_tokens",
                                  "metadata.usage_object.cache_creation_input_tokens", "cache_creation_input_tokens" },
          [USAGE_STATUS] = { "status", "metadata.status" },
      } },
    { .name = "openai", /* usage export and usage API: sums by bucket; input includes the cached ones */
      .marks = { "num_model_requests", "input_tokens", "output_tokens" },
      .columns = {
          [USAGE_TIME] = { "start_time_iso", "start_time", "date" },
          [USAGE_INPUT] = { "input_tokens" },
          [USAGE_OUTPUT] = { "output_tokens" },
          [USAGE_CACHED] = { "input_cached_tokens" },
          [USAGE_REQUESTS] = { "num_model_requests" },
          [USAGE_BATCH] = { "batch" },
      } },
    { .name = "openai", /* the older export */
      .marks = { "n_context_tokens_total", "n_generated_tokens_total", "n_requests" },
      .columns = {
          [USAGE_TIME] = { "timestamp", "aggregation_timestamp", "date" },
          [USAGE_INPUT] = { "n_context_tokens_total" },
          [USAGE_OUTPUT] = { "n_generated_tokens_total" },
          [USAGE_CACHED] = { "n_cached_context_tokens_total" },
          [USAGE_REQUESTS] = { "n_requests" },
      } },
    { .name = "helicone",
      .marks = { "request_created_at", "prompt_tokens", "completion_tokens" },
      .columns = {
          [USAGE_TIME] = { "request_created_at" },
          [USAGE_INPUT] = { "prompt_tokens" },
          [USAGE_OUTPUT] = { "completion_tokens" },
          [USAGE_CACHED] = { "prompt_cache_read_tokens" },
          [USAGE_CACHE_WRITE] = { "prompt_cache_write_tokens" },
          [USAGE_STATUS] = { "response_status", "status" },
      } },
    { .name = "langfuse", /* its input leaves out what was cached */
      .marks = { "usageDetails.input" },
      .columns = {
          [USAGE_TIME] = { "startTime", "start_time" },
          [USAGE_INPUT] = { "usageDetails.input" },
          [USAGE_OUTPUT] = { "usageDetails.output" },
          [USAGE_CACHED] = { "usageDetails.input_cached_tokens", "usageDetails.cache_read_input_tokens",
                             "usageDetails.input_cache_read" },
          [USAGE_CACHE_WRITE] = { "usageDetails.cache_creation_input_tokens", "usageDetails.input_cache_creation" },
      },
      .cached_beside = true },
    { .name = "langfuse",
      .marks = { "usage_details.input" },
      .columns = {
          [USAGE_TIME] = { "start_time", "startTime" },
          [USAGE_INPUT] = { "usage_details.input" },
          [USAGE_OUTPUT] = { "usage_details.output" },
          [USAGE_CACHED] = { "usage_details.input_cached_tokens", "usage_details.cache_read_input_tokens",
                             "usage_details.input_cache_read" },
          [USAGE_CACHE_WRITE] = { "usage_details.cache_creation_input_tokens", "usage_details.input_cache_creation" },
      },
      .cached_beside = true },
    { .name = "langfuse",
      .marks = { "startTime", "promptTokens", "completionTokens" },
      .columns = {
          [USAGE_TIME] = { "startTime" },
          [USAGE_INPUT] = { "promptTokens" },
          [USAGE_OUTPUT] = { "completionTokens" },
      } },
    { .name = "plain", /* whatever says so plainly; an answer of a vendor's API as it came */
      .columns = {
          [USAGE_TIME] = { "timestamp", "time", "date", "created_at", "created", "ts" },
          [USAGE_INPUT] = { "input_tokens", "prompt_tokens", "usage.prompt_tokens", "usage.input_tokens", "tokens_in",
                            "input" },
          [USAGE_OUTPUT] = { "output_tokens", "completion_tokens", "usage.completion_tokens", "usage.output_tokens",
                             "tokens_out", "output" },
          [USAGE_CACHED] = { "cached_tokens", "cached_input_tokens", "input_cached_tokens",
                             "usage.prompt_tokens_details.cached_tokens", "usage.input_tokens_details.cached_tokens",
                             "cached" },
          [USAGE_CACHE_WRITE] = { "cache_write_tokens", "cache_creation_input_tokens" },
          [USAGE_REQUESTS] = { "requests", "n_requests", "count" },
          [USAGE_BATCH] = { "batch" },
          [USAGE_STATUS] = { "status", "status_code" },
      } },
};

const char *
usage_role_name(enum usage_role role)
{
    return role < USAGE_ROLES ? role_names[role] : NULL;
}

const char *
usage_format_name(int i)
{
    const char *name = NULL;

    for (size_t k = 0; k < BE_LEN(formats) && i >= 0; k++)
        if (name == NULL || strcmp(name, formats[k].name) != 0) {
            name = formats[k].name;
            if (i-- == 0)
                return name;
        }
    return NULL;
}

const struct usage_format *
usage_format_of(const struct record *r)
{
    struct buffer scratch;
    const struct usage_format *found = &formats[BE_LEN(formats) - 1];

    buffer_init(&scratch);
    for (size_t k = 0; k + 1 < BE_LEN(formats); k++) {
        bool all = true;

        for (size_t m = 0; m < BE_LEN(formats[k].marks) && formats[k].marks[m] != NULL; m++)
            all = all && usage_column(r, formats[k].marks[m], &scratch) != NULL;
        if (all) {
            found = &formats[k];
            break;
        }
    }
    buffer_release(&scratch);
    return found;
}

/* ---- one value --------------------------------------------------------------------------- */

/* "a.b": a key of that name, else b in a. */
static const struct node *
walk(const struct node *n, const char *path)
{
    char part[96];

    while (n != NULL && n->kind == NODE_MAPPING) {
        const struct node *whole = node_get(n, path);
        const char *dot = strchr(path, '.');

        if (whole != NULL || dot == NULL || (size_t)(dot - path) >= sizeof part)
            return whole;
        memcpy(part, path, (size_t)(dot - path));
        part[dot - path] = '\0';
        n = node_get(n, part);
        path = dot + 1;
    }
    return NULL;
}

static const char *
keep(struct buffer *scratch, const struct node *n)
{
    const char *text = node_text(n, "");

    if (text[0] == '\0')
        return NULL;
    scratch->n = 0;
    buffer_puts(scratch, text);
    return scratch->failed ? NULL : scratch->text;
}

static long
header_at(const struct record *r, const char *name, size_t n)
{
    for (size_t k = 0; k < r->n_header; k++)
        if (strncmp(r->header[k], name, n) == 0 && r->header[k][n] == '\0')
            return (long)k;
    return -1;
}

const char *
usage_column(const struct record *r, const char *column, struct buffer *scratch)
{
    struct document *doc = NULL;
    struct error e;

    if (r->header == NULL)
        return keep(scratch, walk(r->object, column));
    long k = header_at(r, column, strlen(column));
    if (k >= 0)
        return r->cells[k][0] != '\0' ? r->cells[k] : NULL;
    const char *dot = strchr(column, '.');
    k = dot != NULL ? header_at(r, column, (size_t)(dot - column)) : -1;
    if (k < 0 || r->cells[k][0] != '{' || document_parse_json(&doc, r->cells[k], strlen(r->cells[k]), &e) < 0)
        return NULL;
    const char *text = keep(scratch, walk(document_root(doc), dot + 1));
    document_free(doc);
    return text;
}
