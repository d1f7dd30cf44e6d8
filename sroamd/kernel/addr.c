/* SPDX-License-Identifier: ISC */
/* The addresses of this host: struct kaddr and its look-up. */
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/addr.h"
#include "kernel/state.h"

static int	 kaddr_cmp(const struct kaddr *, const struct kaddr *);

RB_GENERATE(kaddr_tree, kaddr, entry, kaddr_cmp)

struct kaddr *
addr_on(struct kernel *k, uint32_t ifindex, const struct addr *addr,
    uint8_t len)
{
	struct kaddr key;

	key.a.addr = *addr;
	key.a.ifindex = ifindex;
	key.a.len = len;
	return RB_FIND(kaddr_tree, &k->addrs, &key);
}

/* An address that is new or has changed. */
void
addr_put(struct kernel *k, const struct kernel_addr *news)
{
	struct kaddr *a;

	if ((a = addr_on(k, news->ifindex, &news->addr, news->len)) == NULL) {
		if ((a = calloc(1, sizeof(*a))) == NULL)
			fatal("address");
		a->a = *news;
		a->order = ++k->addr_order;
		RB_INSERT(kaddr_tree, &k->addrs, a);
	}
	a->a = *news;
	a->seen = true;
}

void
addr_drop(struct kernel *k, struct kaddr *a)
{
	RB_REMOVE(kaddr_tree, &k->addrs, a);
	free(a);
}

bool
addr_is_local(struct kernel *k, const struct addr *addr)
{
	struct prefix host;

	prefix_host(&host, addr);
	return prefix_has_local(k, &host);
}

bool
prefix_has_local(struct kernel *k, const struct prefix *p)
{
	struct kaddr key, *a;

	memset(&key, 0, sizeof(key));
	key.a.addr = p->addr;
	a = RB_NFIND(kaddr_tree, &k->addrs, &key);
	return a != NULL && prefix_contains(p, &a->a.addr);
}

static int
kaddr_cmp(const struct kaddr *a, const struct kaddr *b)
{
	int cmp;

	if ((cmp = addr_cmp(&a->a.addr, &b->a.addr)) != 0)
		return cmp;
	if (a->a.ifindex != b->a.ifindex)
		return a->a.ifindex < b->a.ifindex ? -1 : 1;
	return a->a.len < b->a.len ? -1 : a->a.len > b->a.len;
}
