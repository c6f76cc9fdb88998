/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BREAKEVEN_TESTS_TUI_SUPPORT_H
#define BREAKEVEN_TESTS_TUI_SUPPORT_H

/* The workbench without a terminal: a copy of the article's scenario, keys from a text, frames to a text. */

#include <unistd.h>

#include "tui/app.h"
#include "catalog_support.h"
#include "support.h"

static struct app app;
static struct tui_options options;
static char file_name[64];
static char *files[] = { file_name };
static double clock_ms;

/* A copy of the article's scenario, opened with few samples. */
static int
start(void **state)
{
    struct error err;
    char *bytes;
    size_t n;

    (void)state;
    snprintf(file_name, sizeof file_name, "/tmp/breakeven-tui-XXXXXX");
    int fd = mkstemp(file_name);
    if (fd < 0 || file_read(source_path("scenarios/article.yaml"), 1 << 20, &bytes, &n, NULL, &err) < 0)
        return -1;
    close(fd);
    if (file_write(file_name, bytes, n, NULL, NULL, &err) < 0)
        return -1;
    free(bytes);
    options = (struct tui_options){ .catalog = catalog, .files = files, .n_files = 1, .samples = 256, .seed = 1, .glyphs = GLYPHS_ASCII };
    if (app_init(&app, &options, &err) < 0)
        return -1;
    app_after_edit(&app);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    app_release(&app);
    unlink(file_name);
    return 0;
}

static void
press_code(int code)
{
    struct key k = { .code = code, .at_ms = clock_ms += 1000 };

    app_key(&app, &k);
}

static inline void
type(const char *keys)
{
    while (*keys != '\0') {
        int used, code = key_parse(keys, &used);
        press_code(code);
        keys += used;
    }
}

static inline char *
frame(int columns, int rows)
{
    struct canvas c;
    struct buffer b;
    int r, k;

    assert_int_equal(canvas_init(&c, columns, rows), 0);
    app_draw(&app, &c, &app.map, &r, &k);
    buffer_init(&b);
    canvas_print(&c, &b);
    canvas_release(&c);
    return buffer_steal(&b);
}

static inline const char *
value_of(const char *path)
{
    static char text[512];
    struct field_ref ref;
    struct error err;

    assert_int_equal(field_find(&app_doc(&app)->file.scenario, path, &ref, &err), 0);
    return field_get_text(&app_doc(&app)->file.scenario, ref, text, sizeof text, catalog);
}
#define VOLUME value_of("workload.requests_per_day")

#endif
