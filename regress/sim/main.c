/* SPDX-License-Identifier: ISC */
/*
 * Run scenarios from seeds: sim [-s seed] [-n count] [-S scenario] [-t file].
 * With SIM_LONG=1 the scenario "big" has 500 routers and 10,000 stations, with
 * SIM_LONG=5 a fifth of them.  "scale" prints a table, and runs only when it
 * is named.  A failure prints the command that repeats it with a trace.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

struct total {
	int		seeds, failed;
	uint64_t	events, updates, joins, kicks;
	int64_t		converge_max;
};

static void
usage(void)
{
	int i;

	fprintf(stderr, "usage: sim [-s seed] [-n count] [-S scenario] "
	    "[-t trace]\nscenarios:");
	for (i = 0; i < nscenarios; i++)
		fprintf(stderr, " %s", scenarios[i].name);
	fprintf(stderr, "\n");
	exit(1);
}

static void
run(const char *self, const struct scenario *scenario, uint64_t seed,
    FILE *trace, struct total *total)
{
	struct sim *sim = sim_new(scenario->name, seed, trace);

	if (scenario->networks && seed % 3 == 0)
		net_add(sim);
	scenario->run(sim);
	total->seeds++;
	total->events += sim->events;
	total->updates += sim->updates;
	total->joins += sim->joins;
	total->kicks += sim->kicks;
	if (sim->converge_max > total->converge_max)
		total->converge_max = sim->converge_max;
	if (sim->failed) {
		total->failed++;
		printf("FAIL %s, seed %llu, %s\n     %s -S %s -s %llu -n 1 "
		    "-t -\n", scenario->name, (unsigned long long)seed,
		    sim->failure, self, scenario->name,
		    (unsigned long long)seed);
	}
	sim_free(sim);
}

static void
summary(const struct scenario *scenario, const struct total *total)
{
	if (total->seeds == 0)
		return;
	printf("%-16s %3d seeds, %d failed, %llu events, %.1f updates per "
	    "join, %llu kicked, converged within %lld ms\n", scenario->name,
	    total->seeds, total->failed, (unsigned long long)total->events,
	    total->joins != 0 ? (double)total->updates / (double)total->joins :
	    0, (unsigned long long)total->kicks,
	    (long long)total->converge_max);
}

static uint64_t
number(const char *text)
{
	char *end;
	uint64_t n = strtoull(text, &end, 10);

	if (*text == '\0' || *end != '\0')
		errx(1, "%s: not a number", text);
	return n;
}

int
main(int argc, char *argv[])
{
	struct total *totals;
	const char *only = NULL;
	FILE *trace = NULL;
	uint64_t seed = 1, count = 0, share, n;
	int ch, i, done = 0, failed = 0, known = 0, counted = 0;

	while ((ch = getopt(argc, argv, "n:S:s:t:")) != -1)
		switch (ch) {
		case 'n':
			count = number(optarg);
			break;
		case 'S':
			only = optarg;
			break;
		case 's':
			seed = number(optarg);
			break;
		case 't':
			trace = strcmp(optarg, "-") == 0 ? stdout :
			    fopen(optarg, "w");
			if (trace == NULL)
				err(1, "%s", optarg);
			break;
		default:
			usage();
		}
	if (argc != optind)
		usage();
	counted = count != 0 && only != NULL;
	if (count == 0)
		count = 200;
	for (i = 0; i < nscenarios; i++)
		if (only == NULL ? scenarios[i].seeds != -1 :
		    strcmp(only, scenarios[i].name) == 0)
			known++;
	if (known == 0)
		usage();
	totals = sim_alloc((size_t)nscenarios * sizeof(*totals));
	for (i = 0; i < nscenarios; i++) {
		if (only == NULL ? scenarios[i].seeds == -1 :
		    strcmp(only, scenarios[i].name) != 0)
			continue;
		share = (count + (uint64_t)known - 1) / (uint64_t)known;
		if (scenarios[i].seeds != 0 && !counted)
			share = scenarios[i].seeds > 0 ?
			    (uint64_t)scenarios[i].seeds : 1;
		for (n = 0; n < share; n++)
			run(argv[0], &scenarios[i], seed + n, trace,
			    &totals[i]);
		summary(&scenarios[i], &totals[i]);
		fflush(stdout);
		done += totals[i].seeds;
		failed += totals[i].failed;
	}
	printf("%d passed, %d failed\n", done - failed, failed);
	free(totals);
	if (trace != NULL && trace != stdout)
		fclose(trace);
	return failed != 0;
}
