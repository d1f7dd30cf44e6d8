/* SPDX-License-Identifier: ISC */
/* The rows of kinds, by number. */
#include "common/ratelimit.h"
#include "table/effect.h"
#include "table/kind.h"
#include "table/state.h"

#define FOREIGN_LOG_MS	3600000LL

static const struct kind	*kind_within(const struct core *,
				    const struct inner *);

static const struct kind	unknown = {
	.version1 = true,
	.outbid = true,
	.longest = FOREIGN_S,
	PACE,
	.foreign = true,
	.admit = foreign_admit
};

/* Of later versions: version 1 would keep what it cannot judge. */
static const struct kind	reserved = {
	.longest = FOREIGN_S,
	PACE,
	.foreign = true,
	.admit = foreign_admit
};

/*
 * Nobody here can say what such data are worth: all together they have a
 * quarter of the table, and keep out nobody's lease.
 */
const char *
foreign_admit(struct core *core, monotime_t now)
{
	if (core->nforeign < core->conf.max_data / FOREIGN_SHARE)
		return NULL;
	if (ratelimit_pass(&core->foreign, FOREIGN_LOG_MS, now))
		core_log(core, LEVEL_WARN, "data of unknown kinds fill their "
		    "part of the table: what is new of them is refused");
	return "too many data of unknown kinds";
}

void
kinds_init(struct core *core, const struct kind *const rows[],
    const struct kind *const elsewhere[], size_t n)
{
	size_t	i;

	for (i = 0; i < KINDS; i++) {
		core->kinds[i] = i >= RESERVED_FIRST && i <= RESERVED_LAST ?
		    &reserved : &unknown;
		if (i < n && rows[i] != NULL)
			core->kinds[i] = rows[i];
		core->elsewhere[i] = i < n && elsewhere[i] != NULL ?
		    elsewhere[i] : &unknown;
	}
}

const struct kind *
kind_of(const struct core *core, const uint8_t *key, uint8_t keylen)
{
	struct inner	inner;

	if (key[0] != DATUM_NETWORK)
		return core->kinds[key[0]];
	return key_inner(core, key, keylen, &inner) ?
	    kind_within(core, &inner) : core->kinds[DATUM_NETWORK];
}

/*
 * What is of no use here, though the network is configured, is kept for others
 * as well: those that do not know the network do that, and tables must be the
 * same.
 */
static const struct kind *
kind_within(const struct core *core, const struct inner *inner)
{
	const struct kind	*k = core->kinds[inner->key[0]];

	return k->scoped && inner->network != -1 &&
	    (k->fits == NULL || k->fits(core, inner)) ? k :
	    core->elsewhere[inner->key[0]];
}

uint32_t
kind_life(const struct core *core, const struct kind *k, const uint8_t *data,
    uint8_t keylen, uint8_t vallen, uint64_t seqno)
{
	if (seqno_is_late(seqno))
		return LATE_S;
	if (k->life != NULL)
		return k->life(core, data, keylen, vallen);
	return k->longest;
}

int64_t
kind_memory(const struct kind *k, uint64_t seqno)
{
	int64_t	ms = k->memory;

	return seqno_is_late(seqno) && ms > LATE_S * 1000LL ?
	    LATE_S * 1000LL : ms;
}

const char *
update_check(const struct core *core, const struct update *u,
    const struct kind **kind)
{
	const struct kind	*k;

	if (u->keylen == 0 || u->keylen + u->vallen > DATUM_MAX)
		return "malformed";
	*kind = k = kind_of(core, u->data, u->keylen);
	return k->check != NULL ? k->check(core, u) : NULL;
}
