/* SPDX-License-Identifier: ISC */
/* Limits the lines of the log by their cause. */
#include <stddef.h>
#include <syslog.h>

#include "common/loglimit.h"

#define SECOND		1000000LL	/* us */

/* A token's price, and the most that is saved, us. */
struct rate {
	int64_t		price, full;
};

static const struct rate	warnings = { 6 * SECOND, 30 * 6 * SECOND };
static const struct rate	info = { SECOND, 200 * SECOND };
static const struct rate	debug = { SECOND / 500, 20 * SECOND };

static struct loglimit_cause	*find(struct loglimit *, const char *);

bool
loglimit_pass(struct loglimit *l, int priority, const char *format,
    uint32_t *like, monotime_t now)
{
	const struct rate *rate = priority <= LOG_WARNING ? &warnings : &info;
	struct loglimit_cause *cause;

	*like = 0;
	if (priority >= LOG_DEBUG)
		return bucket_take(&l->debug, debug.price, debug.full, now);
	cause = find(l, format);
	if (!bucket_take(&cause->bucket, rate->price, rate->full, now)) {
		cause->like++;
		return false;
	}
	*like = cause->like;
	cause->like = 0;
	return true;
}

/*
 * From the place of its hash on.  The table is never more than half full:
 * further causes share the places that they fall on.
 */
static struct loglimit_cause *
find(struct loglimit *l, const char *format)
{
	uint32_t n = (uint32_t)((uintptr_t)format * 0x9e3779b97f4a7c15u >> 32);
	struct loglimit_cause *cause;

	for (;; n++) {
		cause = &l->causes[n % LOGLIMIT_CAUSES];
		if (cause->format == format)
			return cause;
		if (cause->format == NULL || l->ncauses == LOGLIMIT_CAUSES / 2)
			break;
	}
	if (cause->format == NULL && l->ncauses < LOGLIMIT_CAUSES / 2) {
		cause->format = format;
		l->ncauses++;
	}
	return cause;
}
