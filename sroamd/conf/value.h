/* SPDX-License-Identifier: ISC */
/*
 * Texts are parsed to values.  All return 0, or -1 and `why` of CONF_WHY
 * octets: what is wrong and what would be right.
 */
#ifndef SROAMD_CONF_VALUE_H
#define SROAMD_CONF_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/conf.h"
#include "conf/field.h"

int	conf_wrong(char *why, const char *, ...)	/* writes `why`; -1 */
	    __attribute__((format(printf, 2, 3)));
/* Values of types that need no range and no words of the row. */
int	conf_value(enum conf_type, void *at, const char *, char *why);
/* An array of size octets; the text has max at most. */
int	conf_value_text(const char *, char *at, size_t size, size_t max,
	    char *why);
int	conf_value_number(const char *, uint32_t min, uint32_t max, uint32_t *,
	    char *why);
/* 90m, 1h30m, 250ms. */
int	conf_value_time(const char *, bool ms, uint32_t *, char *why);
/* Octets in hexadecimal, colons between them or not. */
int	conf_value_hex(const char *, uint8_t *, size_t max, size_t *len,
	    char *why);
/* A text, or a file's contents; `why` does not show its octets. */
int	conf_value_secret(const void *, size_t len, char *why);
#endif
