/* SPDX-License-Identifier: ISC */
/* How a router's public key is shown: a hash as text. */
#include <string.h>

#include "common/fingerprint.h"

#define HASH	32

void
fingerprint_text(char text[FINGERPRINT_TEXT], const uint8_t hash[HASH])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	unsigned int have = 0;
	char *p;
	int i;

	p = stpcpy(text, "SHA256:");
	for (i = 0; i < HASH; i++) {
		bits = bits << 8 | hash[i];
		for (have += 8; have >= 6; have -= 6)
			*p++ = digits[bits >> (have - 6) & 0x3f];
	}
	if (have > 0)
		*p++ = digits[bits << (6 - have) & 0x3f];
	*p = '\0';
}
