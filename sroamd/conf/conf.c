/* SPDX-License-Identifier: ISC */
/* The records of the configuration, and lookups in them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"

static int	append(void **, size_t *, size_t, size_t, const void *);
static bool	names(const struct conf_network *, const struct conf_network *);

struct conf *
conf_new(void)
{
	struct conf_network network = { .name = "" };
	struct conf *conf = conf_empty();

	if (conf == NULL)
		return NULL;
	conf_field_defaults(CONF_NETWORK, &network);
	if (conf_add_network(conf, &network) == -1) {
		conf_free(conf);
		return NULL;
	}
	return conf;
}

struct conf *
conf_empty(void)
{
	struct conf *conf;

	if ((conf = calloc(1, sizeof(*conf))) != NULL)
		conf_field_defaults(CONF_GLOBAL, &conf->global);
	return conf;
}

void
conf_free(struct conf *conf)
{
	if (conf == NULL)
		return;
	free(conf->networks);
	free(conf->listens);
	free(conf->peers);
	free(conf->ifaces);
	free(conf->options);
	free(conf->hosts);
	free(conf->routers);
	free(conf->denies);
	free(conf->bars);
	conf_forget_secrets(conf);
	freezero(conf, sizeof(*conf));	/* it holds the network key */
}

int
conf_add_network(struct conf *conf, const struct conf_network *network)
{
	return append((void **)&conf->networks, &conf->nnetworks,
	    sizeof(*network), CONF_NETWORKS, network);
}

int
conf_add_listen(struct conf *conf, const struct conf_listen *listen)
{
	return append((void **)&conf->listens, &conf->nlistens,
	    sizeof(*listen), CONF_LISTENS, listen);
}

int
conf_add_peer(struct conf *conf, const struct conf_peer *peer)
{
	return append((void **)&conf->peers, &conf->npeers, sizeof(*peer),
	    CONF_PEERS, peer);
}

int
conf_add_iface(struct conf *conf, const struct conf_iface *iface)
{
	return append((void **)&conf->ifaces, &conf->nifaces, sizeof(*iface),
	    CONF_IFACES, iface);
}

int
conf_add_option(struct conf *conf, const struct conf_option *option)
{
	return append((void **)&conf->options, &conf->noptions,
	    sizeof(*option), CONF_OPTIONS, option);
}

int
conf_add_host(struct conf *conf, const struct conf_host *host)
{
	return append((void **)&conf->hosts, &conf->nhosts, sizeof(*host),
	    CONF_HOSTS, host);
}

int
conf_add_router(struct conf *conf, const struct conf_router *router)
{
	return append((void **)&conf->routers, &conf->nrouters,
	    sizeof(*router), CONF_ROUTERS, router);
}

int
conf_add_deny(struct conf *conf, const struct conf_deny *deny)
{
	return append((void **)&conf->denies, &conf->ndenies, sizeof(*deny),
	    CONF_ROUTERS, deny);
}

int
conf_add_bar(struct conf *conf, const struct conf_bar *bar)
{
	return append((void **)&conf->bars, &conf->nbars, sizeof(*bar),
	    CONF_BARS, bar);
}

int
conf_add_secret(struct conf *conf, uint32_t kind, size_t offset,
    const void *data, size_t len)
{
	struct conf_secret *s = &conf->secrets[conf->nsecrets];
	uint8_t *bigger;

	errno = EINVAL;
	if (offset == 0 && conf->nsecrets >= CONF_SECRETS)
		return -1;
	if (offset != 0 && (conf->nsecrets == 0 || (--s)->kind != kind ||
	    s->len != offset))
		return -1;
	if (kind >= SECRET_KINDS || len == 0 ||
	    len > CONF_SECRET_MAX - offset ||
	    (bigger = malloc(offset + len)) == NULL)
		return -1;
	if (offset != 0) {
		memcpy(bigger, s->data, offset);
		freezero(s->data, s->len);
	} else
		conf->nsecrets++;
	memcpy(bigger + offset, data, len);
	s->kind = kind;
	s->data = bigger;
	s->len = offset + len;
	return 0;
}

void
conf_forget_secrets(struct conf *conf)
{
	while (conf->nsecrets > 0) {
		conf->nsecrets--;
		freezero(conf->secrets[conf->nsecrets].data,
		    conf->secrets[conf->nsecrets].len);
	}
	memset(conf->secrets, 0, sizeof(conf->secrets));
	explicit_bzero(conf->tls.psks, sizeof(conf->tls.psks));
	explicit_bzero(conf->global.network_key,
	    sizeof(conf->global.network_key));
}

static int
append(void **array, size_t *n, size_t size, size_t limit, const void *record)
{
	void *bigger;

	errno = E2BIG;
	if (*n >= limit ||
	    (bigger = reallocarray(*array, *n + 1, size)) == NULL)
		return -1;
	*array = bigger;
	memcpy((char *)bigger + *n * size, record, size);
	(*n)++;
	return 0;
}

const char *
conf_peer_text(const struct conf_peer *peer)
{
	static char text[CONF_HOST + sizeof("auto on ")];

	snprintf(text, sizeof(text), "%s%s", peer->automatic ? "auto on " : "",
	    peer->host[0] != '\0' ? peer->host : addr_text(&peer->addr));
	return text;
}

const char *
conf_network_text(const struct conf_network *net)
{
	return net->name[0] != '\0' ? net->name : CONF_UNNAMED;
}

const struct conf_network *
conf_network_find(const struct conf *conf, const char *name)
{
	size_t i;

	for (i = 0; i < conf->nnetworks; i++)
		if (strcmp(conf_network_text(&conf->networks[i]), name) == 0)
			return &conf->networks[i];
	return NULL;
}

static bool
names(const struct conf_network *a, const struct conf_network *b)
{
	uint32_t i;

	for (i = 0; i < a->nreaches; i++)
		if (strcmp(a->reaches[i], conf_network_text(b)) == 0)
			return true;
	return false;
}

/* The statement in one of them is enough. */
bool
conf_reaches(const struct conf_network *a, const struct conf_network *b)
{
	return strcmp(a->name, b->name) == 0 || !a->isolate || !b->isolate ||
	    names(a, b) || names(b, a);
}

const struct prefix *
conf_prefix_of(const struct conf_network *net, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < net->nprefixes; i++) {
		if (prefix_contains(&net->prefixes[i], addr))
			return &net->prefixes[i];
	}
	return NULL;
}

bool
conf_is_end(const struct prefix *prefix, const struct addr *addr)
{
	struct addr last;

	if (addr_cmp(addr, &prefix->addr) == 0)
		return true;
	conf_last(prefix, &last);
	return prefix_is_v4(prefix) && addr_cmp(addr, &last) == 0;
}

bool
conf_is_static(const struct conf_network *net, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < net->nstatics; i++)
		if (addr_cmp(&net->statics[i].first, addr) <= 0 &&
		    addr_cmp(addr, &net->statics[i].last) <= 0)
			return true;
	return false;
}

void
conf_last(const struct prefix *prefix, struct addr *last)
{
	unsigned int bit;

	*last = prefix->addr;
	for (bit = prefix->len; bit < 128; bit++)
		last->octet[bit / 8] |= 0x80 >> bit % 8;
}

uint8_t
conf_lease_len(const struct conf_network *net, uint32_t i)
{
	if (prefix_is_v4(&net->prefixes[i]))
		return 128;
	return net->delegates[i] != 0 ? net->delegates[i] : 64;
}

bool
conf_permits(const struct conf_listen *listen, const struct addr *addr)
{
	uint32_t i;

	for (i = 0; i < listen->nfrom && i < CONF_SOURCES; i++)
		if (prefix_contains(&listen->from[i], addr))
			return true;
	return listen->nfrom == 0;
}

const char *
conf_boot_file(const struct conf_network *net, bool has_arch, uint16_t arch)
{
	const char *any = NULL;
	uint32_t i;

	for (i = 0; i < net->nboots; i++) {
		if (has_arch && net->boots[i].arch == arch + 1u)
			return net->boots[i].file;
		if (net->boots[i].arch == 0)
			any = net->boots[i].file;
	}
	return any;
}
