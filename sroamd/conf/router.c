/* SPDX-License-Identifier: ISC */
/* Routers that are known or denied, and stations: sorted, found, checked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/fault.h"

static int			  cmp_id(const void *, const void *);
static int			  cmp_mac(const void *, const void *);
static int			  cmp_ref(const void *, const void *);
static const struct router_id	**refs(const void *, size_t, size_t);
static void			  check_twice(struct conf_check *,
				    const struct router_id **, size_t,
				    const char *);
static void			  check_both(struct conf_check *,
				    const struct router_id **,
				    const struct router_id **);
static size_t			  index_of(const struct conf_check *,
				    const struct router_id *);

_Static_assert(offsetof(struct conf_router, id) == 0 &&
    offsetof(struct conf_deny, id) == 0, "both begin with an id");

void
conf_routers_sort(struct conf *conf)
{
	if (conf->nrouters > 0)
		qsort(conf->routers, conf->nrouters, sizeof(*conf->routers),
		    cmp_id);
	if (conf->ndenies > 0)
		qsort(conf->denies, conf->ndenies, sizeof(*conf->denies),
		    cmp_id);
	if (conf->nbars > 0)
		qsort(conf->bars, conf->nbars, sizeof(*conf->bars), cmp_mac);
}

const struct conf_router *
conf_router_find(const struct conf *conf, const struct router_id *id)
{
	if (conf->nrouters == 0)
		return NULL;
	return bsearch(id, conf->routers, conf->nrouters,
	    sizeof(*conf->routers), cmp_id);
}

bool
conf_denied(const struct conf *conf, const struct router_id *id)
{
	return conf->ndenies > 0 && bsearch(id, conf->denies, conf->ndenies,
	    sizeof(*conf->denies), cmp_id) != NULL;
}

bool
conf_barred(const struct conf *conf, const struct mac *mac)
{
	return conf->nbars > 0 && bsearch(mac, conf->bars, conf->nbars,
	    sizeof(*conf->bars), cmp_mac) != NULL;
}

static int
cmp_mac(const void *a, const void *b)
{
	return mac_cmp(a, b);
}

static int
cmp_id(const void *a, const void *b)
{
	return router_id_cmp(a, b);
}

/* They may be not sorted yet, so that a fault has the line of its record. */
int
conf_router_faults(struct conf_check *c)
{
	const struct conf *conf = c->conf;
	const struct router_id **known, **denied;
	int rc = -1;

	known = refs(conf->routers, conf->nrouters, sizeof(*conf->routers));
	denied = refs(conf->denies, conf->ndenies, sizeof(*conf->denies));
	if (known != NULL && denied != NULL) {
		check_twice(c, known, conf->nrouters, "router");
		check_twice(c, denied, conf->ndenies, "deny router");
		check_both(c, known, denied);
		rc = 0;
	}
	free(known);
	free(denied);
	return rc;
}

/* In the order of ids, and of equal ones in that of the statements. */
static const struct router_id **
refs(const void *records, size_t n, size_t size)
{
	const struct router_id **ids;
	size_t i;

	if ((ids = calloc(n + 1, sizeof(*ids))) == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		ids[i] = (const void *)((const char *)records + i * size);
	qsort(ids, n, sizeof(*ids), cmp_ref);
	return ids;
}

static int
cmp_ref(const void *a, const void *b)
{
	const struct router_id *const *x = a, *const *y = b;
	int rc = router_id_cmp(*x, *y);

	return rc != 0 ? rc : *x < *y ? -1 : *x > *y;
}

static void
check_twice(struct conf_check *c, const struct router_id **ids, size_t n,
    const char *name)
{
	enum conf_record record = strcmp(name, "router") == 0 ?
	    RECORD_ROUTER : RECORD_DENY;
	size_t i;

	for (i = 1; i < n; i++) {
		if (router_id_cmp(ids[i - 1], ids[i]) != 0)
			continue;
		conf_about(c, record, index_of(c, ids[i]));
		conf_fault(c, "%s %s: given twice, remove one", name,
		    router_id_text(ids[i]));
	}
}

static void
check_both(struct conf_check *c, const struct router_id **known,
    const struct router_id **denied)
{
	size_t i = 0, j = 0;
	int rc;

	while (i < c->conf->nrouters && j < c->conf->ndenies) {
		rc = router_id_cmp(known[i], denied[j]);
		if (rc == 0) {
			conf_about(c, RECORD_ROUTER, index_of(c, known[i]));
			conf_fault(c, "router %s: is denied, too, remove one "
			    "of the two statements",
			    router_id_text(known[i]));
		}
		i += rc <= 0;
		j += rc > 0;
	}
}

/* Of a record, by its id, in the list that it is in. */
static size_t
index_of(const struct conf_check *c, const struct router_id *id)
{
	const char *at = (const char *)id;
	const char *routers = (const char *)c->conf->routers;
	size_t len = c->conf->nrouters * sizeof(*c->conf->routers);

	if (len > 0 && at >= routers && at < routers + len)
		return (size_t)(at - routers) / sizeof(*c->conf->routers);
	return (size_t)(at - (const char *)c->conf->denies) /
	    sizeof(*c->conf->denies);
}
