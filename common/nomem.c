/* SPDX-License-Identifier: ISC */
/* Failed allocations are counted, and logged once in a while. */
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
	/* Counted first: writing the line may fail for the same reason. */
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
