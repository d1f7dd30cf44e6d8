/* SPDX-License-Identifier: ISC */
/*
 * A hash of what all routers must have alike.  The records of a list are hashed
 * one by one and added, so that their order is of no account and nothing is
 * sorted.
 */
#include <sha2.h>
#include <string.h>

#include "conf/alike.h"

/* What a record is, so that none passes for another. */
enum part {
	PART_PREFIX = 1,
	PART_RANGE,
	PART_EXCLUDE,
	PART_HOST,
	PART_TIMES,
	PART_NETWORK,
	PART_STATIC
};

static void	begin(SHA2_CTX *, enum part);
static uint64_t	end(SHA2_CTX *);
static void	add32(SHA2_CTX *, uint32_t);
static void	add_prefix(SHA2_CTX *, const struct prefix *);
static uint64_t	of_prefix(const struct conf_network *, uint32_t);
static uint64_t	of_range(const struct conf_range *, enum part);
static uint64_t	of_host(const struct conf_host *);
static void	add_text(SHA2_CTX *, const char *);
static uint64_t	of_records(const struct conf *, uint32_t);
static uint64_t	of_network(const struct conf *, uint32_t);
static uint64_t	of_times(const struct conf_global *,
		    const struct conf_network *);

static void
begin(SHA2_CTX *sha, enum part part)
{
	SHA256Init(sha);
	add32(sha, part);
}

static uint64_t
end(SHA2_CTX *sha)
{
	uint8_t		hash[SHA256_DIGEST_LENGTH];
	uint64_t	n = 0;
	int		i;

	SHA256Final(hash, sha);
	for (i = 0; i < 8; i++)
		n = n << 8 | hash[i];
	return n;
}

/* In network order, so that all machines agree. */
static void
add32(SHA2_CTX *sha, uint32_t n)
{
	const uint8_t	octets[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16),
			    (uint8_t)(n >> 8), (uint8_t)n };

	SHA256Update(sha, octets, sizeof(octets));
}

static void
add_text(SHA2_CTX *sha, const char *text)
{
	add32(sha, (uint32_t)strlen(text));
	SHA256Update(sha, (const uint8_t *)text, strlen(text));
}

static void
add_prefix(SHA2_CTX *sha, const struct prefix *p)
{
	SHA256Update(sha, p->addr.octet, sizeof(p->addr.octet));
	add32(sha, p->len);
}

static uint64_t
of_prefix(const struct conf_network *net, uint32_t i)
{
	SHA2_CTX	sha;

	begin(&sha, PART_PREFIX);
	add_prefix(&sha, &net->prefixes[i]);
	add32(&sha, net->delegates[i]);
	return end(&sha);
}

static uint64_t
of_range(const struct conf_range *r, enum part part)
{
	SHA2_CTX	sha;

	begin(&sha, part);
	SHA256Update(&sha, r->first.octet, sizeof(r->first.octet));
	SHA256Update(&sha, r->last.octet, sizeof(r->last.octet));
	return end(&sha);
}

/* Its name may differ: only its address counts. */
static uint64_t
of_host(const struct conf_host *h)
{
	SHA2_CTX	sha;

	begin(&sha, PART_HOST);
	SHA256Update(&sha, h->mac.octet, sizeof(h->mac.octet));
	add32(&sha, h->client_idlen);
	SHA256Update(&sha, h->client_id, h->client_idlen);
	SHA256Update(&sha, h->addr.octet, sizeof(h->addr.octet));
	add_prefix(&sha, &h->prefix);
	add_prefix(&sha, &h->delegated);
	return end(&sha);
}

static uint64_t
of_times(const struct conf_global *g, const struct conf_network *net)
{
	SHA2_CTX	sha;

	begin(&sha, PART_TIMES);
	add32(&sha, net->lease_time);
	add32(&sha, net->lease_first);
	add32(&sha, g->location_time);
	add32(&sha, net->prefix_valid);
	add32(&sha, net->prefix_preferred);
	SHA256Update(&sha, g->network_key, sizeof(g->network_key));
	return end(&sha);
}

/* What is alike of the records of a network, without its name. */
static uint64_t
of_records(const struct conf *conf, uint32_t n)
{
	const struct conf_network	*net = &conf->networks[n];
	uint64_t			 sum = of_times(&conf->global, net);
	size_t				 i;

	for (i = 0; i < net->nprefixes; i++)
		sum += of_prefix(net, (uint32_t)i);
	for (i = 0; i < net->nranges; i++)
		sum += of_range(&net->ranges[i], PART_RANGE);
	for (i = 0; i < net->nexcludes; i++)
		sum += of_range(&net->excludes[i], PART_EXCLUDE);
	for (i = 0; i < net->nstatics; i++)
		sum += of_range(&net->statics[i], PART_STATIC);
	for (i = 0; i < conf->nhosts; i++)
		if (conf->hosts[i].network == n)
			sum += of_host(&conf->hosts[i]);
	return sum;
}

/* With its name, and whom it may reach. */
static uint64_t
of_network(const struct conf *conf, uint32_t n)
{
	const struct conf_network	*net = &conf->networks[n];
	uint64_t			 records = of_records(conf, n), sum = 0;
	SHA2_CTX			 sha;
	uint32_t			 i;

	for (i = 0; i < conf->nnetworks; i++) {
		if (!conf_reaches(net, &conf->networks[i]))
			continue;
		begin(&sha, PART_NETWORK);
		add_text(&sha, net->name);
		add_text(&sha, conf->networks[i].name);
		sum += end(&sha);
	}
	begin(&sha, PART_NETWORK);
	add_text(&sha, net->name);
	add32(&sha, (uint32_t)(records >> 32));
	add32(&sha, (uint32_t)records);
	return sum + end(&sha);
}

/* With the first network alone it is what releases without others make. */
void
conf_alike(const struct conf *conf, uint8_t hash[8])
{
	uint64_t	sum = of_records(conf, 0);
	uint32_t	i;

	for (i = conf->nnetworks > 1 ? 0 : 1; i < conf->nnetworks; i++)
		sum += of_network(conf, i);
	for (i = 0; i < 8; i++)
		hash[i] = (uint8_t)(sum >> (56 - 8 * i));
}
