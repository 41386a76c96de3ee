/* Private data alone: masked, dropped, reported. */
#include "filters/filter.h"

static const struct filter_limit mask[] = {
    {"pii-email-mask", 1},     {"pii-phone-mask", 1},    {"pii-id-card-mask", 1},
    {"pii-bank-card-mask", 1}, {"pii-passport-mask", 1}, {"pii-plate-mask", 1},
    {"pii-ip-mask", 1},        {"pii-key-mask", 1},      {0},
};
static const struct filter_limit drop[] = {{"pii-max", 0}, {0}};
static const struct filter_limit report[] = {{"pii-report", 1}, {0}};

const struct filter_preset preset_pii = {"pii", "ours", "private data masked", mask};
const struct filter_preset preset_pii_drop = {"pii-drop", "ours",
                                              "documents with private data dropped", drop};
const struct filter_preset preset_pii_report = {
    "pii-report", "ours", "private data reported in the field weir_private", report};
