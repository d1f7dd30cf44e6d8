/* SPDX-License-Identifier: ISC */
/* The links of this host: struct knode and its look-up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "kernel/node.h"
#include "kernel/state.h"

static int	 node_cmp(const struct knode *, const struct knode *);

RB_GENERATE(knode_tree, knode, entry, node_cmp)

struct knode *
node_find(struct kernel *k, uint32_t ifindex)
{
	struct knode key;

	key.link.ifindex = ifindex;
	return RB_FIND(knode_tree, &k->nodes, &key);
}

struct knode *
node_get(struct kernel *k, uint32_t ifindex)
{
	struct knode *n;

	if ((n = node_find(k, ifindex)) != NULL)
		return n;
	if ((n = calloc(1, sizeof(*n))) == NULL)
		fatal("link");
	n->link.ifindex = ifindex;
	RB_INSERT(knode_tree, &k->nodes, n);
	return n;
}

void
node_drop(struct kernel *k, struct knode *n)
{
	RB_REMOVE(knode_tree, &k->nodes, n);
	free(n->vlans);
	free(n);
}

struct knode *
node_by_name(struct kernel *k, const char *name)
{
	struct knode *n;

	RB_FOREACH(n, knode_tree, &k->nodes)
		if (strcmp(n->link.name, name) == 0)
			return n;
	return NULL;
}

const char *
node_name(struct kernel *k, uint32_t ifindex)
{
	static char text[2][24];
	static int which;
	struct knode *n;

	if ((n = node_find(k, ifindex)) != NULL)
		return n->link.name;
	which = !which;
	snprintf(text[which], sizeof(text[which]), "interface %u", ifindex);
	return text[which];
}

static int
node_cmp(const struct knode *a, const struct knode *b)
{
	return a->link.ifindex < b->link.ifindex ? -1 :
	    a->link.ifindex > b->link.ifindex;
}
