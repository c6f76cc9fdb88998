/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "support.h"

#include "breakeven/scenario.h"

/* Usage logs: what they show as workload fields, whose exports are known, what is refused. */

static struct usage u; /* large: not on the stack */

/* In pieces, so that no reader can rely on where they end. */
static int
read_pieces(const char *const columns[USAGE_ROLES], const char *text, size_t n, size_t piece, struct error *err)
{
    struct usage_reader *r = NULL;
    int status;

    memset(&u, 0, sizeof u);
    if (usage_open(&r, columns, err) < 0)
        return -1;
    for (status = 0; n > 0 && status == 0; n -= piece, text += piece) {
        piece = piece < n ? piece : n;
        status = usage_feed(r, text, piece, err);
    }
    if (status == 0)
        status = usage_finish(r, &u, err);
    usage_close(r);
    return status;
}

static void
read_text(const char *text)
{
    struct error e;

    if (read_pieces(NULL, text, strlen(text), 7, &e) < 0)
        fail_msg("%d:%d: %s", e.line, e.column, e.text);
}

static const char *
value(const char *key)
{
    for (int k = 0; k < u.n_fields; k++)
        if (strcmp(u.fields[k].key, key) == 0)
            return u.fields[k].text;
    return NULL;
}

static void
put_record(struct buffer *b, int day, int hour, double input, double output, double cached)
{
    buffer_printf(b, "{\"timestamp\": %ld, \"input_tokens\": %.0f, \"output_tokens\": %.0f, \"cached_tokens\": %.0f}\n",
                  1772323200L + day * 86400L + hour * 3600L, input, output, cached); /* from 2026-03-01 on */
}

/* ---- figures ---------------------------------------------------------------------------- */

/* Weeks of 70, 77 and 63 requests; the first and the last day are cut off. */
static void
the_spread_is_that_of_the_weeks(void **state)
{
    static const int a_day[] = { 10, 11, 9 };
    struct quantity q;
    struct quantity_rules rules = { .form = FORM_NUMBER, .low = 0, .high = 1e12 };
    struct buffer b;
    struct error e;

    (void)state;
    buffer_init(&b);
    put_record(&b, 0, 5, 1, 1, 0);
    for (int day = 1; day <= 21; day++)
        for (int k = 0; k < a_day[(day - 1) / 7]; k++)
            put_record(&b, day, k, 200, 50, 50);
    put_record(&b, 22, 5, 1, 1, 0);
    read_text(b.text);
    buffer_release(&b);
    assert_int_equal(u.days, 21);
    assert_int_equal(u.from.day, 2);
    assert_int_equal(u.to.day, 22);
    assert_close(u.requests, 212, 0);
    /* ln 10, 11, 9 around their mean: sd 0.1004; the window of three weeks has 10 a day. */
    double low, high;
    assert_int_equal(quantity_parse(&q, value("workload.requests_per_day"), &rules, &e), 0);
    assert_int_equal(q.kind, QUANTITY_LOGNORMAL);
    low = quantity_quantile(&q, 0.05);
    high = quantity_quantile(&q, 0.95);
    assert_close(sqrt(low * high), 10, 5e-3);
    assert_close(log(high / low), 2 * 1.6449 * 0.1004, 0.02);
    /* What does not vary is exact. */
    assert_string_equal(value("workload.input_tokens"), "200");
    assert_string_equal(value("workload.output_tokens"), "50");
    assert_string_equal(value("workload.cached_share"), "25%");
    assert_null(value("workload.growth_per_month"));
    assert_null(value("workload.batch_share"));
    assert_null(value("workload.cache_write_share"));
}

static void
the_peak_is_that_of_the_busiest_hour(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    for (int day = 0; day < 5; day++)
        for (int hour = 0; hour < 24; hour++)
            for (int k = 0; k < (hour == 13 ? 5 : hour == 12 ? 3 : 1); k++)
                put_record(&b, day, hour, 100, 10, 0);
    read_text(b.text);
    buffer_release(&b);
    assert_string_equal(value("workload.peak_to_average"), "4"); /* 5 of 30, over 1 of 24 */
    assert_string_equal(value("workload.requests_per_day"), "30");
    assert_string_equal(value("workload.cached_share"), "0%");
}

static void
growth_is_the_trend_of_five_weeks_or_more(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    /* 2 % a week: 9.0 % a month; sums of days, as exports of vendors are. */
    buffer_puts(&b, "start_time,num_model_requests,input_tokens,output_tokens,input_cached_tokens,batch\n");
    for (int day = 0; day < 58; day++) {
        long n = lround(1e6 * pow(1.02, day / 7));
        buffer_printf(&b, "%ld,%ld,%ld,%ld,0,%s\n", 1772323200L + day * 86400L, n, n * 10, n, day % 2 ? "true" : "false");
    }
    read_text(b.text);
    buffer_release(&b);
    assert_string_equal(u.format, "openai");
    const char *growth = value("workload.growth_per_month");
    assert_non_null(growth);
    assert_true(strtod(growth, NULL) > 8 && strtod(growth, NULL) < 9.2);
    assert_string_equal(value("workload.input_tokens"), "10");
    assert_null(value("workload.peak_to_average")); /* no hours in it */
    assert_null(value("workload.length_cv"));
    assert_non_null(value("workload.batch_share"));
}

static void
days_without_a_request_count(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    for (int day = 0; day < 16; day++)
        for (int k = 0; day % 7 < 5 && k < 14; k++)
            put_record(&b, day, k, 100, 10, 0);
    read_text(b.text);
    buffer_release(&b);
    assert_int_equal(u.days, 14);
    /* Ten days of fourteen, 14 requests each. */
    assert_string_equal(value("workload.requests_per_day"), "10");
}

static void
one_day_shows_no_spread_and_says_so(void **state)
{
    (void)state;
    read_text("{\"date\": \"2026-03-01\", \"input\": 300, \"output\": 20}\n{\"date\": \"2026-03-01\", \"input\": 100, \"output\": 20}");
    assert_string_equal(value("workload.requests_per_day"), "2");
    assert_string_equal(value("workload.input_tokens"), "200");
    assert_non_null(strstr(u.fields[0].about, "one day"));
    assert_null(value("workload.cached_share"));
}

static void
the_spread_of_lengths_is_that_of_requests(void **state)
{
    struct buffer b;

    (void)state;
    buffer_init(&b);
    for (int k = 0; k < 100; k++)
        put_record(&b, 0, 0, k % 2 ? 150 : 50, 10, 0);
    read_text(b.text);
    buffer_release(&b);
    assert_string_equal(value("workload.length_cv"), "0.5");
}

/* ---- exports ---------------------------------------------------------------------------------- */

static void
common_exports_are_recognised(void **state)
{
    static const struct { const char *format, *text, *input, *cached; } cases[] = {
        { "litellm",
          "request_id,call_type,prompt_tokens,completion_tokens,startTime,endTime,metadata,status\n"
          "a,acompletion,100,10,2026-03-01 10:20:30.123,x,\"{\"\"usage_object\"\": {\"\"prompt_tokens_details\"\": "
          "{\"\"cached_tokens\"\": 40}}, \"\"note\"\": \"\"one\ntwo\"\"}\",success\n"
          "b,acompletion,0,0,2026-03-01 10:20:31,x,{},failure\n",
          "100", "40%" },
        { "litellm",
          "{\"startTime\": \"2026-03-01T10:20:30+05:30\", \"prompt_tokens\": 100, \"completion_tokens\": 10, "
          "\"metadata\": {\"additional_usage_values\": {\"cache_read_input_tokens\": 25}}}\n",
          "100", "25%" },
        { "openai",
          "start_time,end_time,start_time_iso,num_model_requests,model,batch,input_tokens,output_tokens,input_cached_tokens\n"
          "1772323200,1772409600,2026-03-01T00:00:00+00:00,20,gpt-4o,false,2000,100,500\n",
          "100", "25%" },
        { "openai",
          "timestamp,n_requests,n_context_tokens_total,n_generated_tokens_total\n1772323200,4,400,100\n",
          "100", NULL },
        { "helicone",
          "{\"request_created_at\": \"2026-03-01T10:20:30.5Z\", \"prompt_tokens\": 100, \"completion_tokens\": 10, "
          "\"prompt_cache_read_tokens\": 10, \"response_status\": 200}\n"
          "{\"request_created_at\": \"2026-03-01T10:20:31Z\", \"prompt_tokens\": 1, \"completion_tokens\": 0, "
          "\"response_status\": 429}\n",
          "100", "10%" },
        { "langfuse", /* its input is what was not cached */
          "[\n{\"startTime\": \"2026-03-01T10:20:30.000Z\", \"usageDetails\": {\"input\": 60, \"output\": 10, "
          "\"input_cached_tokens\": 40}},\n]\n",
          "100", "40%" },
        { "langfuse",
          "id,start_time,usage_details\n1,2026-03-01 10:00:00,\"{\"\"input\"\": 100, \"\"output\"\": 10}\"\n",
          "100", NULL },
        { "plain",
          "{\"created\": 1772323200, \"usage\": {\"prompt_tokens\": 100, \"completion_tokens\": 10, "
          "\"prompt_tokens_details\": {\"cached_tokens\": 50}}}\n",
          "100", "50%" },
        { "plain", "\xef\xbb\xbftimestamp,input_tokens,output_tokens\r\n1772323200000,100,10\r\n", "100", NULL },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++)
        for (size_t piece = 1; piece < 80; piece += 13) {
            struct error e;

            if (read_pieces(NULL, cases[i].text, strlen(cases[i].text), piece, &e) < 0)
                fail_msg("case %zu: %s", i, e.text);
            assert_string_equal(u.format, cases[i].format);
            assert_int_equal(u.records, 1);
            assert_int_equal(u.bad, 0);
            assert_string_equal(value("workload.input_tokens"), cases[i].input);
            if (cases[i].cached != NULL)
                assert_string_equal(value("workload.cached_share"), cases[i].cached);
            else
                assert_null(value("workload.cached_share"));
            assert_int_equal(u.from.day, 1);
        }
    for (int k = 0; k < 5; k++)
        assert_non_null(usage_format_name(k));
    assert_string_equal(usage_format_name(4), "plain");
    assert_null(usage_format_name(5));
    assert_null(usage_format_name(-1));
}

static void
columns_can_be_mapped(void **state)
{
    static const char text[] = "when,in,out,from_cache\n2026-03-01,100,10,30\n";
    const char *columns[USAGE_ROLES] = { [USAGE_TIME] = "when", [USAGE_INPUT] = "in", [USAGE_OUTPUT] = "out",
                                         [USAGE_CACHED] = "from_cache" };
    struct error e;

    (void)state;
    assert_int_equal(read_pieces(columns, text, strlen(text), 5, &e), 0);
    assert_string_equal(value("workload.cached_share"), "30%");
    columns[USAGE_CACHED] = "from_cash";
    assert_int_equal(read_pieces(columns, text, strlen(text), 5, &e), -1);
    assert_int_equal(e.code, ERR_UNKNOWN);
    assert_non_null(strstr(e.text, "nearest from_cache"));
    assert_string_equal(usage_role_name(USAGE_CACHE_WRITE), "cache_write");
    assert_null(usage_role_name(USAGE_ROLES));
}

/* ---- bad input ------------------------------------------------------------------------------------ */

static void
bad_records_are_counted_with_their_places(void **state)
{
    (void)state;
    read_text("{\"timestamp\": \"2026-03-01\", \"input_tokens\": 100, \"output_tokens\": 10}\n"
              "{\"timestamp\": \"yesterday\", \"input_tokens\": 100, \"output_tokens\": 10}\n"
              "{\"timestamp\": \"2026-03-01\", \"output_tokens\": 10}\n"
              "{\"timestamp\": \"2026-03-01\", \"input_tokens\": -1, \"output_tokens\": 10}\n"
              "{broken\n\n"
              "17\n"
              "{\"timestamp\": \"2026-03-01\", \"input_tokens\": 1e300, \"output_tokens\": 10}\n"
              "{\"timestamp\": \"2026-03-01\", \"input_tokens\": 10, \"output_tokens\": 10, \"cached_tokens\": 11}\n"
              "{\"timestamp\": \"2026-13-01\", \"input_tokens\": 10, \"output_tokens\": 10}\n");
    assert_int_equal(u.records, 1);
    assert_int_equal(u.bad, 8);
    assert_int_equal(u.n_bad, USAGE_BAD_MAX);
    assert_int_equal(u.first_bad[0].line, 2);
    assert_non_null(strstr(u.first_bad[0].text, "\"yesterday\" is not a time"));
    assert_non_null(strstr(u.first_bad[1].text, "no input"));
    assert_int_equal(u.first_bad[3].line, 5);
    assert_true(u.first_bad[3].column > 1);
    assert_int_equal(u.first_bad[4].line, 7);
    read_text("date,input,output\n2026-03-01,1,2\n2026-03-01,1\n2026-03-01,1,2,3\n2026-03-01,\"1\"x,2\n2026-03-02,1,2\n");
    assert_int_equal(u.records, 2);
    assert_int_equal(u.bad, 3);
    assert_int_equal(u.first_bad[2].line, 5);
    /* A stray quote loses no line. */
    read_text("date,input,output,note\n2026-03-01,1,2,a 5\" screen\n2026-03-01,never,2,x\n2026-03-01,3,2,a 6\" one\n2026-03-01,1,2,y\n");
    assert_int_equal(u.records, 3);
    assert_int_equal(u.bad, 1);
    assert_int_equal(u.first_bad[0].line, 3);
}

static void
a_log_without_a_good_record_is_refused(void **state)
{
    static const char *const texts[] = { "", "\n\n", "a,b\n", "a,b\n1,2\n", "{}\n", "[]", "{\"time\": 1}\n", "\"", "[[[[" };
    struct error e;

    (void)state;
    for (size_t i = 0; i < BE_LEN(texts); i++) {
        if (read_pieces(NULL, texts[i], strlen(texts[i]), 3, &e) == 0)
            fail_msg("\"%s\" was read", texts[i]);
        assert_int_equal(e.code, ERR_SYNTAX);
    }
    assert_int_equal(read_pieces(NULL, "\0\0", 2, 2, &e), -1);
    assert_int_equal(e.code, ERR_SYNTAX);
}

static void
what_is_too_large_is_refused_or_passed_over(void **state)
{
    static const char good[] = "{\"date\": \"2026-03-01\", \"input\": 100, \"output\": 10}\n";
    size_t n = USAGE_RECORD_MAX + 100;
    struct usage_reader *r = NULL;
    char *text = malloc(n + 2 * sizeof good);
    struct error e;

    (void)state;
    /* A record of more than a megabyte, then a good one. */
    memset(text, 'x', n);
    text[0] = '{';
    text[n - 1] = '\n';
    memcpy(text + n, good, sizeof good - 1);
    assert_int_equal(read_pieces(NULL, text, n + sizeof good - 1, 65536, &e), 0);
    assert_int_equal(u.records, 1);
    assert_int_equal(u.bad, 1);
    assert_non_null(strstr(u.first_bad[0].text, "1 MiB"));
    /* An open quote swallows a megabyte, not the log. */
    memset(text, '\n', n);
    memcpy(text, "date,input,output\n2026-03-01,\"1,2\n", 33);
    memcpy(text + n, "2026-03-01,1,2\n", 15);
    assert_int_equal(read_pieces(NULL, text, n + 15, 65536, &e), 0);
    assert_int_equal(u.records, 1);
    assert_int_equal(u.bad, 1);
    /* More than 64 MiB. */
    assert_int_equal(usage_open(&r, NULL, &e), 0);
    memset(text, '\n', n);
    int status = 0;
    for (size_t fed = 0; status == 0 && fed <= USAGE_BYTES_MAX; fed += n)
        status = usage_feed(r, text, n, &e);
    assert_int_equal(status, -1);
    assert_int_equal(e.code, ERR_SIZE);
    assert_non_null(strstr(e.text, "64 MiB"));
    usage_close(r);
    free(text);
    /* More days than a log has. */
    struct buffer b;
    buffer_init(&b);
    for (int day = 0; day <= USAGE_DAYS_MAX; day++)
        buffer_printf(&b, "{\"ts\": %ld, \"input\": 1, \"output\": 1}\n", 86400L * day * 3);
    assert_int_equal(read_pieces(NULL, b.text, b.n, 65536, &e), -1);
    assert_int_equal(e.code, ERR_SIZE);
    buffer_release(&b);
}

static void
times_are_read_in_the_forms_that_logs_have(void **state)
{
    static const struct { const char *time; bool good; int day; } cases[] = {
        { "\"2026-03-01T23:30:00Z\"", true, 1 },        { "\"2026-03-01T23:30:00-02:00\"", true, 2 },
        { "\"2026-03-02T01:30:00+0530\"", true, 1 },    { "\"2026-03-01 23:30\"", true, 1 },
        { "\"2026-03-01 23:30:00 UTC\"", true, 1 },     { "\"2026-03-01 23:30:00.123456+00\"", true, 1 },
        { "1772323200", true, 1 },                      { "1772323200000", true, 1 },
        { "1772323200000000", true, 1 },                { "\"1772323200.5\"", true, 1 },
        { "\"03/01/2026\"", false, 0 },                 { "\"2026-02-30\"", false, 0 },
        { "\"2026-03-01T25:00\"", false, 0 },           { "\"2026-03-01T10:00 next\"", false, 0 },
        { "-5", false, 0 },                             { "1e30", false, 0 },
    };

    (void)state;
    for (size_t i = 0; i < BE_LEN(cases); i++) {
        char text[200];
        struct error e;

        snprintf(text, sizeof text, "{\"time\": %s, \"input\": 1, \"output\": 1}\n", cases[i].time);
        int status = read_pieces(NULL, text, strlen(text), 9, &e);
        if ((status == 0) != cases[i].good)
            fail_msg("%s: %s", cases[i].time, status == 0 ? "was read" : e.text);
        if (status == 0 && u.from.day != cases[i].day)
            fail_msg("%s: day %d", cases[i].time, u.from.day);
    }
}

static void
no_byte_and_no_cut_matters_to_memory(void **state)
{
    static const char *const texts[] = {
        "date,input,output,usage_details\n2026-03-01,\"1\",2,\"{\"\"input\"\": 3}\"\n2026-03-02,3,4,{}\n",
        "[{\"ts\": 1772323200, \"input\": 1, \"output\": 2, \"metadata\": {\"a\": [1]}},\n{\"ts\": \"2026-03-01\"}]\n",
    };

    (void)state;
    for (size_t t = 0; t < BE_LEN(texts); t++)
        for (size_t i = 0; i < strlen(texts[t]); i++)
            for (int c = 0; c < 256; c += 5) {
                char copy[200];
                struct error e;

                memcpy(copy, texts[t], strlen(texts[t]));
                copy[i] = (char)c;
                read_pieces(NULL, copy, strlen(texts[t]), 11, &e);
                read_pieces(NULL, copy, i, 3, &e);
            }
}

/* ---- into a scenario ----------------------------------------------------------------------------- */

static void
fields_and_their_source_go_into_a_scenario(void **state)
{
    struct scenario *sc = malloc(sizeof *sc);
    struct field_ref ref;
    char text[80];
    struct error e;

    (void)state;
    scenario_init(sc);
    read_text("{\"date\": \"2026-03-01\", \"input\": 300, \"output\": 20, \"cached\": 30}\n");
    assert_int_equal(usage_apply(&u, "log.jsonl, 2026-03-01", sc, NULL, &e), 0);
    assert_int_equal(usage_apply(&u, "log.jsonl, again", sc, NULL, &e), 0);
    assert_int_equal(field_find(sc, "workload.input_tokens", &ref, &e), 0);
    assert_string_equal(field_get_text(sc, ref, text, sizeof text, NULL), "300");
    assert_int_equal(sc->n_sources, u.n_fields);
    assert_string_equal(sc->sources[0].path, "requests_per_day");
    assert_string_equal(sc->sources[0].text, "log.jsonl, again");
    /* All or nothing. */
    text_copy(u.fields[2].text, sizeof u.fields[2].text, "nonsense");
    text_copy(u.fields[1].text, sizeof u.fields[1].text, "400");
    assert_int_equal(usage_apply(&u, "log", sc, NULL, &e), -1);
    assert_string_equal(field_get_text(sc, ref, text, sizeof text, NULL), "300");
    free(sc);
}

/* ---- prices that have moved ------------------------------------------------------------------------ */

static void
a_decision_tells_which_of_its_prices_have_moved(void **state)
{
    struct setup *s = calloc(1, sizeof *s);
    struct scenario *sc = calloc(1, sizeof *sc);
    struct moved_price out[MOVED_MAX];
    struct quantity_rules rules = { .form = FORM_USD, .low = 0, .high = 1e9 };
    struct error e;

    (void)state;
    scenario_init(sc);
    assert_int_equal(scenario_add_arm(sc, "claude", ARM_API, &e), 0);
    assert_int_equal(scenario_add_arm(sc, "own", ARM_SELF_OPEN, &e), 1);
    s->sc = *sc;
    for (int a = 0; a < 2; a++)
        s->sc.arms[a].input_usd_mtok.x = s->sc.arms[a].output_usd_mtok.x = s->sc.arms[a].gpu_price_usd_h.x = NAN;
    assert_int_equal(quantity_exact(&s->sc.arms[0].input_usd_mtok, 3, &rules, &e), 0);
    assert_int_equal(quantity_exact(&s->sc.arms[0].output_usd_mtok, 15, &rules, &e), 0);
    assert_int_equal(quantity_exact(&s->sc.arms[1].gpu_price_usd_h, 2, &rules, &e), 0);
    assert_int_equal(decision_moved_prices(sc, s, 0.01, out), 0); /* no decision */
    sc->decision.present = true;
    decision_keep_prices(&sc->decision, s);
    assert_int_equal(sc->decision.n_prices, 2);
    assert_int_equal(decision_moved_prices(sc, s, 0.01, out), 0);
    s->sc.arms[0].output_usd_mtok.x = 12;
    s->sc.arms[1].gpu_price_usd_h.x = 2.01; /* within the tolerance */
    assert_int_equal(decision_moved_prices(sc, s, 0.01, out), 1);
    assert_string_equal(out[0].arm, "claude");
    assert_string_equal(out[0].key, "output_usd_mtok");
    assert_close(out[0].was, 15, 0);
    assert_close(out[0].now, 12, 0);
    s->sc.arms[1].gpu_price_usd_h.x = NAN; /* gone from the list */
    assert_int_equal(decision_moved_prices(sc, s, 0.01, out), 2);
    assert_false(known(out[1].now));
    s->sc.n_arms = 1;
    assert_int_equal(decision_moved_prices(sc, s, 0.01, out), 2);
    assert_true(out[1].arm_gone);
    free(sc);
    free(s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spread_is_that_of_the_weeks),
        cmocka_unit_test(the_peak_is_that_of_the_busiest_hour),
        cmocka_unit_test(growth_is_the_trend_of_five_weeks_or_more),
        cmocka_unit_test(days_without_a_request_count),
        cmocka_unit_test(one_day_shows_no_spread_and_says_so),
        cmocka_unit_test(the_spread_of_lengths_is_that_of_requests),
        cmocka_unit_test(common_exports_are_recognised),
        cmocka_unit_test(columns_can_be_mapped),
        cmocka_unit_test(bad_records_are_counted_with_their_places),
        cmocka_unit_test(a_log_without_a_good_record_is_refused),
        cmocka_unit_test(what_is_too_large_is_refused_or_passed_over),
        cmocka_unit_test(times_are_read_in_the_forms_that_logs_have),
        cmocka_unit_test(no_byte_and_no_cut_matters_to_memory),
        cmocka_unit_test(fields_and_their_source_go_into_a_scenario),
        cmocka_unit_test(a_decision_tells_which_of_its_prices_have_moved),
    };

    return RUN_GROUP(tests);
}
