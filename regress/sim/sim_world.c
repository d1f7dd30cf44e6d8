/* SPDX-License-Identifier: ISC */
/* A simulation as a whole. */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

/* A configuration as small as a test wants it. */
static struct conf *
make_conf(void)
{
	struct conf_network *net;
	struct conf_iface iface;
	struct conf *conf;

	if ((conf = conf_new()) == NULL)
		abort();
	memset(&iface, 0, sizeof(iface));
	snprintf(iface.name, sizeof(iface.name), "roam0");
	iface.source = SOURCE_BRIDGE;
	net = &conf->networks[0];
	if (prefix_parse("192.168.44.0/24", &net->prefixes[0]) == -1 ||
	    prefix_parse("2001:db8:1234::/48", &net->prefixes[1]) == -1 ||
	    addr_parse("192.168.43.43", &net->nameservers[0]) == -1 ||
	    addr_parse("2001:db8:4343::43", &net->nameservers[1]) == -1 ||
	    conf_add_iface(conf, &iface) == -1)
		abort();
	net->nprefixes = 2;
	net->nnameservers = 2;
	return conf;
}

struct sim *
sim_new(const char *scenario, uint64_t seed, FILE *trace)
{
	struct sim *sim = sim_alloc(sizeof(*sim));

	sim->scenario = scenario;
	sim->seed = seed;
	sim->trace = trace;
	sim->rng.state = seed * 0x9e3779b97f4a7c15ULL + 1;
	sim->now.us = 1000000;
	sim->next_peer = 1;
	sim->sighting_max = 30000;
	sim->leaving = LEAVING_RANDOM;
	sim->conf = make_conf();
	return sim;
}

void
sim_free(struct sim *sim)
{
	size_t n;
	int i;

	for (i = 0; i < sim->nrouters; i++)
		ap_free(sim->routers[i]);
	for (i = 0; i < sim->nstations; i++)
		free(sim->stations[i]);
	for (i = 0; i < sim->nsessions; i++)
		session_free(sim->sessions[i]);
	for (n = 0; n < sim->len; n++)
		free(sim->heap[n].data);
	free(sim->sessions);
	free(sim->by_peer);
	free(sim->heap);
	conf_free(sim->conf);
	free(sim);
}
