/* Verifies a knowledge file: checksums, order, every name, statement, key and class, and totals. */
#ifndef WEIR_KG_CHECK_H
#define WEIR_KG_CHECK_H

#include "kg2instruction/kg_file.h"

/* 0, or WEIR_EBAD with what is wrong. */
int kg_check(const kg_file *f, struct weir_err *err);

#endif
