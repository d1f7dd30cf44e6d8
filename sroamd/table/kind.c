/* SPDX-License-Identifier: ISC */
/* The rows of kinds, by number. */
#include "table/kind.h"
#include "table/state.h"

static const struct kind	unknown = {
	.version1 = true,
	.outbid = true
};

void
kinds_init(struct core *core, const struct kind *const rows[], size_t n)
{
	size_t	i;

	for (i = 0; i < KINDS; i++)
		core->kinds[i] = i < n && rows[i] != NULL ? rows[i] : &unknown;
}

const struct kind *
kind_of(const struct core *core, uint8_t type)
{
	return core->kinds[type];
}

const char *
update_check(const struct core *core, const struct update *u)
{
	const struct kind	*k;

	if (u->keylen == 0 || u->keylen + u->vallen > DATUM_MAX)
		return "malformed";
	k = kind_of(core, u->data[0]);
	return k->check != NULL ? k->check(core, u) : NULL;
}
