/* SPDX-License-Identifier: ISC */
/* Values as text for people. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sroamctl/text.h"

const char *
text_duration(uint64_t ms, char *text, size_t size)
{
	uint64_t s = ms / 1000;

	if (ms == 0)
		strlcpy(text, "0s", size);
	else if (ms < 1000)
		snprintf(text, size, "%" PRIu64 "ms", ms);
	else if (s < 60)
		snprintf(text, size, "%" PRIu64 "s", s);
	else if (s < 3600)
		snprintf(text, size, "%" PRIu64 "m%02" PRIu64 "s", s / 60,
		    s % 60);
	else if (s < 86400)
		snprintf(text, size, "%" PRIu64 "h%02" PRIu64 "m", s / 3600,
		    s / 60 % 60);
	else
		snprintf(text, size, "%" PRIu64 "d%02" PRIu64 "h", s / 86400,
		    s / 3600 % 24);
	return text;
}

void
text_octets(uint64_t n, char *text, size_t size)
{
	if (n < 10000)
		snprintf(text, size, "%" PRIu64, n);
	else if (n < 10000 * UINT64_C(1024))
		snprintf(text, size, "%" PRIu64 "K", n / 1024);
	else
		snprintf(text, size, "%" PRIu64 "M", n / (1024 * 1024));
}

void
text_printable(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
