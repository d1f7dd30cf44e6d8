/* SPDX-License-Identifier: ISC */
/* The names of routers by their ids. */
#include <err.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sroamctl/names.h"

struct name {
	struct router_id	id;
	char			text[CTL_NAME];
};

static int	name_cmp(const void *, const void *);

static void *names;

void
names_add(const struct ctl_router *router)
{
	struct name *name, **found;

	if ((name = calloc(1, sizeof(*name))) == NULL)
		err(1, NULL);
	name->id = router->id;
	memcpy(name->text, router->name, sizeof(name->text) - 1);
	if ((found = tsearch(name, &names, name_cmp)) == NULL)
		err(1, NULL);
	if (*found != name)
		free(name);
}

const char *
names_find(const struct router_id *id)
{
	struct name key = { .id = *id }, **found;

	found = tfind(&key, &names, name_cmp);
	return found == NULL ? "" : (*found)->text;
}

static int
name_cmp(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return router_id_cmp(&x->id, &y->id);
}
