/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <config.h>

#include "model_support.h"

/* One regime of one requirement in force. */
struct world {
    struct catalog catalog;
    struct cat_regime regimes[3];
    struct cat_host host;
    struct cat_gpu_price offer;
    struct setup *setup;
    int vendor, own;
};

static void
world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->setup = plain_setup();
    w->setup->catalog = &w->catalog;
    w->catalog.regimes = w->regimes;
    w->catalog.n_regimes = 3;
    for (int i = 0; i < 3; i++) {
        w->regimes[i].id = "regime";
        w->regimes[i].n = 1;
        w->regimes[i].requirements[0].obligation = "duty";
    }
    w->setup->sc.constraints.regimes = 1u << 1;
    w->vendor = api_arm(w->setup, "vendor", 3, 15);
    w->own = self_arm(w->setup, "own", ARM_SELF_OPEN, 320, COUNTS_ALL, 3.67);
    w->setup->arms[w->vendor].host = &w->host;
}

static enum gate_state
state_of(struct world *w, int arm, enum requirement_kind kind, unsigned value)
{
    struct compliance_finding found[8];

    w->regimes[1].requirements[0].kind = kind;
    w->regimes[1].requirements[0].value = value;
    assert_int_equal(compliance_evaluate(w->setup, arm, found, BE_LEN(found)), 1);
    assert_ptr_equal(found[0].regime, &w->regimes[1]);
    assert_ptr_equal(found[0].requirement, &w->regimes[1].requirements[0]);
    return found[0].state;
}

static void
only_regimes_in_force_are_judged_and_no_more_than_asked(void **state)
{
    struct world w;
    struct compliance_finding found[8];

    (void)state;
    world_init(&w);
    w.setup->sc.constraints.regimes = 0;
    assert_int_equal(compliance_evaluate(w.setup, w.vendor, found, 8), 0);
    w.setup->sc.constraints.regimes = 5;
    w.regimes[2].n = 3;
    assert_int_equal(compliance_evaluate(w.setup, w.vendor, found, 8), 4);
    assert_int_equal(compliance_evaluate(w.setup, w.vendor, found, 2), 2);
    w.setup->catalog = NULL;
    assert_int_equal(compliance_evaluate(w.setup, w.vendor, found, 8), 0);
    free(w.setup);
}

static void
contracts_are_met_conditional_unknown_or_breached(void **state)
{
    static const enum gate_state want[] = {
        [ATTRIBUTE_UNKNOWN] = GATE_UNKNOWN, [ATTRIBUTE_NO] = GATE_BREACHED,
        [ATTRIBUTE_YES] = GATE_MET, [ATTRIBUTE_ON_CONTRACT] = GATE_CONDITIONAL,
    };
    struct world w;

    (void)state;
    world_init(&w);
    for (int a = ATTRIBUTE_UNKNOWN; a <= ATTRIBUTE_ON_CONTRACT; a++) {
        w.host.dpa = w.host.baa = w.host.soc2 = w.host.iso27001 = w.host.transfer_clauses =
            (enum attribute_state)a;
        assert_int_equal(state_of(&w, w.vendor, REQUIRE_DPA, 0), want[a]);
        assert_int_equal(state_of(&w, w.vendor, REQUIRE_BAA, 0), want[a]);
        assert_int_equal(state_of(&w, w.vendor, REQUIRE_SOC2, 0), want[a]);
        assert_int_equal(state_of(&w, w.vendor, REQUIRE_ISO27001, 0), want[a]);
        assert_int_equal(state_of(&w, w.vendor, REQUIRE_TRANSFER, 0), want[a]);
    }
    free(w.setup);
}

static void
what_the_team_says_outranks_the_catalog(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    struct arm *a = &w.setup->sc.arms[w.vendor];
    w.host.baa = ATTRIBUTE_NO;
    a->baa = STATE_YES;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_BAA, 0), GATE_MET);
    a->baa = STATE_ON_CONTRACT;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_BAA, 0), GATE_CONDITIONAL);
    a->baa = STATE_UNKNOWN;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_BAA, 0), GATE_UNKNOWN);
    w.host.retention = RETENTION_STANDARD;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_RETENTION_ZERO, 0), GATE_BREACHED);
    a->retention = KEEP_ZERO_ON_CONTRACT;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_RETENTION_ZERO, 0), GATE_CONDITIONAL);
    a->retention = KEEP_ZERO;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_RETENTION_ZERO, 0), GATE_MET);
    w.host.regions = REGION_US;
    a->in_country = STATE_YES;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_IN), GATE_MET);
    a->in_country = STATE_NO;
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_IN), GATE_CONDITIONAL);
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_US), GATE_BREACHED);
    free(w.setup);
}

static void
storage_in_a_country_needs_a_region_there(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_IN), GATE_UNKNOWN);
    w.host.regions = REGION_US | REGION_EU;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_IN), GATE_BREACHED);
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_EU), GATE_MET);
    w.host.regions_on_contract = REGION_IN;
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_STORED_IN, REGION_IN), GATE_CONDITIONAL);
    free(w.setup);
}

static void
rented_machines_are_where_their_offer_is(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    struct arm *a = &w.setup->sc.arms[w.own];
    w.setup->arms[w.own].offer = &w.offer;
    w.offer.region = "us-central1";
    /* the middle offer was taken for its price; the team may still rent in India */
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_IN), GATE_CONDITIONAL);
    text_copy(a->instance, sizeof a->instance, "gcp/us-central1/a2-ultragpu-1g");
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_IN), GATE_BREACHED);
    w.offer.region = "ap-south-1";
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_IN), GATE_MET);
    w.offer.region = "europe-west4";
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_EU), GATE_MET);
    w.offer.region = "nowhere known";
    assert_int_equal(state_of(&w, w.own, REQUIRE_STORED_IN, REGION_IN), GATE_CONDITIONAL);
    free(w.setup);
}

static void
own_machines_keep_data_in_house(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    assert_int_equal(state_of(&w, w.own, REQUIRE_SELF, 0), GATE_MET);
    assert_int_equal(state_of(&w, w.vendor, REQUIRE_SELF, 0), GATE_BREACHED);
    assert_int_equal(state_of(&w, w.own, REQUIRE_RETENTION_ZERO, 0), GATE_MET);
    /* whoever rents out the machines has to sign */
    assert_int_equal(state_of(&w, w.own, REQUIRE_BAA, 0), GATE_CONDITIONAL);
    w.setup->sc.arms[w.own].baa = STATE_YES;
    assert_int_equal(state_of(&w, w.own, REQUIRE_BAA, 0), GATE_MET);
    free(w.setup);
}

static void
a_composite_arm_is_as_good_as_its_worst(void **state)
{
    struct world w;

    (void)state;
    world_init(&w);
    int staged = plain_arm(w.setup, ARM_STAGED, "staged");
    int cascade = plain_arm(w.setup, ARM_CASCADE, "cascade");
    w.setup->arms[staged].first = w.vendor;
    w.setup->arms[staged].second = w.own;
    w.setup->arms[cascade].small = w.own;
    w.setup->arms[cascade].large = w.vendor;
    put(&w.setup->sc.arms[staged].switch_month, 3);
    put(&w.setup->sc.arms[cascade].escalation_share, 0.1);
    assert_int_equal(state_of(&w, staged, REQUIRE_SELF, 0), GATE_BREACHED);
    assert_int_equal(state_of(&w, cascade, REQUIRE_SELF, 0), GATE_BREACHED);
    w.host.dpa = ATTRIBUTE_YES;
    assert_int_equal(state_of(&w, cascade, REQUIRE_DPA, 0), GATE_CONDITIONAL);
    w.setup->arms[cascade].large = -1;
    assert_int_equal(state_of(&w, cascade, REQUIRE_DPA, 0), GATE_UNKNOWN);
    free(w.setup);
}

static void
each_state_has_its_word(void **state)
{
    (void)state;
    assert_string_equal(gate_state_word(GATE_MET), "met");
    assert_string_equal(gate_state_word(GATE_CONDITIONAL), "conditional");
    assert_string_equal(gate_state_word(GATE_UNKNOWN), "unknown");
    assert_string_equal(gate_state_word(GATE_BREACHED), "breached");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_regimes_in_force_are_judged_and_no_more_than_asked),
        cmocka_unit_test(contracts_are_met_conditional_unknown_or_breached),
        cmocka_unit_test(what_the_team_says_outranks_the_catalog),
        cmocka_unit_test(storage_in_a_country_needs_a_region_there),
        cmocka_unit_test(rented_machines_are_where_their_offer_is),
        cmocka_unit_test(own_machines_keep_data_in_house),
        cmocka_unit_test(a_composite_arm_is_as_good_as_its_worst),
        cmocka_unit_test(each_state_has_its_word),
    };

    return RUN_GROUP(tests);
}
