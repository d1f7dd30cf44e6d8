/* SPDX-License-Identifier: ISC */
/* What is refused for want of memory is counted, and said once in a while. */
#include <inttypes.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/nomem.h"

#define SAY_MS		60000

static uint64_t		refused, said;
static monotime_t	last;

void
nomem(const char *what)
{
	monotime_t	now = clock_monotime();

	refused++;
	if (said > 0 && monotime_ms(last, now) < SAY_MS)
		return;
	/* First: the line itself may be refused some. */
	said = refused;
	last = now;
	log_warnx("no memory for %s (refused %" PRIu64 " times so far)", what,
	    refused);
}

uint64_t
nomem_count(void)
{
	return refused;
}
