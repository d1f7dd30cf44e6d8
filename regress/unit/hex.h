/* SPDX-License-Identifier: ISC */
/* Packets written as text in tests: hexadecimal digits, white space ignored. */
#ifndef UNIT_HEX_H
#define UNIT_HEX_H

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline size_t
hex(const char *text, uint8_t *to, size_t max)
{
	char digits[3] = "";
	size_t n = 0;

	while (*text != '\0') {
		if (isspace((unsigned char)*text)) {
			text++;
			continue;
		}
		if (n == max || !isxdigit((unsigned char)text[0]) ||
		    !isxdigit((unsigned char)text[1])) {
			fprintf(stderr, "bad hex text at \"%.10s\"\n", text);
			abort();
		}
		digits[0] = text[0];
		digits[1] = text[1];
		to[n++] = strtoul(digits, NULL, 16);
		text += 2;
	}
	return n;
}
#endif
