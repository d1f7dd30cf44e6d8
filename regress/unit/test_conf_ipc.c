/* SPDX-License-Identifier: ISC */
/* A configuration on its way to a child, and all errors on it. */
#include <sys/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "conf/conf.h"
#include "ipc/conf_ipc.h"
#include "stub_log.h"

#define MESSAGES	32

/* A pipe that keeps what is sent. */
struct pipe {
	struct imsg	 imsg[MESSAGES];
	uint8_t		*data[MESSAGES];
	int		 n;
};

void
pipe_send(struct pipe *p, uint32_t type, uint32_t id, int fd, const void *data,
    size_t len)
{
	assert_int_equal(fd, -1);
	assert_in_range(p->n, 0, MESSAGES - 1);
	assert_non_null(p->data[p->n] = malloc(len + 1));
	if (len > 0)
		memcpy(p->data[p->n], data, len);
	p->imsg[p->n] = (struct imsg){ .type = type, .id = id, .fd = -1,
	    .len = len, .data = p->data[p->n] };
	p->n++;
}

const char *
ipc_name(uint32_t type)
{
	(void)type;
	return "message";
}

static void
pipe_clear(struct pipe *p)
{
	while (p->n > 0)
		free(p->data[--p->n]);
}

static struct conf *
example(void)
{
	struct conf_listen listen = { .port = 4444, .notls = 1, .nfrom = 1 };
	struct conf_peer peer = { .port = 4445, .notls = 1 };
	struct conf_iface iface = { .source = SOURCE_BRIDGE, .nports = 1 };
	struct conf *conf;
	int i;

	assert_non_null(conf = conf_new());
	strlcpy(conf->global.name, "ap1", sizeof(conf->global.name));
	conf->networks[0].lease_time = 77;
	assert_int_equal(prefix_parse("10.0.0.0/8",
	    &conf->networks[0].prefixes[conf->networks[0].nprefixes++]), 0);
	assert_int_equal(prefix_parse("10.1.0.0/16", &listen.from[0]), 0);
	assert_int_equal(conf_add_listen(conf, &listen), 0);
	for (i = 1; i <= 3; i++) {
		addr_from_v4(&peer.addr, (const uint8_t[]){ 10, 0, 0, i });
		assert_int_equal(conf_add_peer(conf, &peer), 0);
		snprintf(iface.name, sizeof(iface.name), "roam%d", i);
		snprintf(iface.ports[0], sizeof(iface.ports[0]), "eth%d", i);
		assert_int_equal(conf_add_iface(conf, &iface), 0);
	}
	return conf;
}

static void
every_record_survives(void **state)
{
	struct conf_receiver r = { 0 };
	struct conf *conf = example(), *got;
	struct pipe p = { 0 };
	struct imsg commit = { .type = IPC_CONF_COMMIT, .fd = -1 };
	enum conf_received ready;
	int i;

	(void)state;
	conf_send(&p, conf, true);
	assert_int_equal(p.n, 1 + 1 + 1 + 3 + 3 + 1);
	for (i = 0; i < p.n; i++) {
		assert_null(conf_receive(&r, &p.imsg[i], &ready));
		assert_int_equal(ready, i == p.n - 1 ? CONF_READY : CONF_MORE);
	}
	assert_non_null(got = conf_receive(&r, &commit, &ready));
	assert_int_equal(ready, CONF_MORE);
	assert_null(r.staged);
	assert_memory_equal(&got->global, &conf->global,
	    sizeof(conf->global));
	assert_int_equal(got->nnetworks, conf->nnetworks);
	assert_memory_equal(got->networks, conf->networks,
	    conf->nnetworks * sizeof(*conf->networks));
	assert_int_equal(got->nlistens, conf->nlistens);
	assert_memory_equal(got->listens, conf->listens,
	    conf->nlistens * sizeof(*conf->listens));
	assert_int_equal(got->npeers, conf->npeers);
	assert_memory_equal(got->peers, conf->peers,
	    conf->npeers * sizeof(*conf->peers));
	assert_int_equal(got->nifaces, conf->nifaces);
	assert_memory_equal(got->ifaces, conf->ifaces,
	    conf->nifaces * sizeof(*conf->ifaces));
	conf_free(got);
	conf_free(conf);
	pipe_clear(&p);
}

/* The engine's records, which the frontend does not get. */
static void
secrets_go_where_they_are_wanted(void **state)
{
	static uint8_t chain[3000];
	static const uint8_t none[32];
	const struct conf_global *g;
	struct conf_receiver r = { 0 };
	struct conf *conf = example(), *got;
	struct pipe engine = { 0 }, frontend = { 0 };
	struct imsg commit = { .type = IPC_CONF_COMMIT, .fd = -1 };
	enum conf_received ready;
	size_t k;
	int i;

	(void)state;
	for (k = 0; k < sizeof(chain); k++)
		chain[k] = (uint8_t)(k * 7);
	assert_int_equal(conf_add_secret(conf, SECRET_PSK, 0, "one", 3), 0);
	assert_int_equal(conf_add_secret(conf, SECRET_CERT, 0, chain,
	    sizeof(chain)), 0);
	assert_int_equal(conf_add_secret(conf, SECRET_PSK, 0, "two", 3), 0);
	memset(conf->global.network_key, 5, sizeof(conf->global.network_key));
	conf_send(&frontend, conf, false);
	for (i = 0; i < frontend.n; i++)
		assert_int_not_equal(frontend.imsg[i].type, IPC_CONF_SECRET);
	g = frontend.imsg[0].data;
	assert_memory_equal(g->network_key, none, sizeof(none));
	conf_send(&engine, conf, true);
	assert_int_equal(engine.n, frontend.n + 1 + 3 + 1);
	for (i = 0; i < engine.n; i++)
		conf_receive(&r, &engine.imsg[i], &ready);
	assert_int_equal(ready, CONF_READY);
	assert_non_null(got = conf_receive(&r, &commit, &ready));
	assert_int_equal(got->nsecrets, 3);
	assert_memory_equal(got->global.network_key, conf->global.network_key,
	    sizeof(none));
	for (k = 0; k < 3; k++) {
		assert_int_equal(got->secrets[k].kind, conf->secrets[k].kind);
		assert_int_equal(got->secrets[k].len, conf->secrets[k].len);
		assert_memory_equal(got->secrets[k].data,
		    conf->secrets[k].data, conf->secrets[k].len);
	}
	conf_forget_secrets(got);
	assert_int_equal(got->nsecrets, 0);
	assert_null(got->secrets[0].data);
	assert_memory_equal(got->global.network_key, none, sizeof(none));
	conf_free(got);
	conf_free(conf);
	pipe_clear(&engine);
	pipe_clear(&frontend);
}

static void
secrets_do_not_grow_beyond_their_place(void **state)
{
	static uint8_t much[CONF_SECRET_MAX];
	struct conf *conf = example();
	int i;

	(void)state;
	assert_int_equal(conf_add_secret(conf, SECRET_PSK, 3, "x", 1), -1);
	assert_int_equal(conf_add_secret(conf, SECRET_KINDS, 0, "x", 1), -1);
	assert_int_equal(conf_add_secret(conf, SECRET_CA, 0, "x", 0), -1);
	assert_int_equal(conf_add_secret(conf, SECRET_CA, 0, much,
	    sizeof(much)), 0);
	assert_int_equal(conf_add_secret(conf, SECRET_CA, sizeof(much), "x",
	    1), -1);
	assert_int_equal(conf_add_secret(conf, SECRET_CA, UINT32_MAX, "x",
	    1), -1);
	assert_int_equal(conf_add_secret(conf, SECRET_KEY, sizeof(much), "x",
	    1), -1);
	for (i = 1; i < CONF_SECRETS; i++)
		assert_int_equal(conf_add_secret(conf, SECRET_PSK, 0, "x", 1),
		    0);
	assert_int_equal(conf_add_secret(conf, SECRET_PSK, 0, "x", 1), -1);
	conf_free(conf);
}

static void
an_aborted_configuration_is_forgotten(void **state)
{
	struct conf_receiver r = { 0 };
	struct conf *conf = example();
	struct pipe p = { 0 };
	struct imsg abort_ = { .type = IPC_CONF_ABORT, .fd = -1 };
	enum conf_received ready;
	int i, round, upto;

	(void)state;
	conf_send(&p, conf, true);
	for (round = 0; round < 2; round++) {
		upto = round == 0 ? 3 : p.n;	/* before END, and behind it */
		for (i = 0; i < upto; i++)
			assert_null(conf_receive(&r, &p.imsg[i], &ready));
		assert_null(conf_receive(&r, &abort_, &ready));
		assert_int_equal(ready, CONF_MORE);
		assert_null(r.staged);
		assert_false(r.complete);
	}
	conf_free(conf);
	pipe_clear(&p);
}

/* Whether the receiver ends with a fatal error at the last of these. */
static bool
is_fatal(const struct imsg *const *imsgs, int n)
{
	struct conf_receiver r = { 0 };
	struct conf *conf;
	enum conf_received ready;
	pid_t pid;
	int i, status;

	fflush(NULL);
	assert_int_not_equal(pid = fork(), -1);
	if (pid == 0) {
		for (i = 0; i < n - 1; i++) {
			if ((conf = conf_receive(&r, imsgs[i], &ready)) != NULL)
				conf_free(conf);
		}
		if (freopen("/dev/null", "w", stderr) == NULL)
			_exit(1);
		conf_receive(&r, imsgs[n - 1], &ready);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == STUB_LOG_FATAL;
}

static void
records_out_of_order_are_fatal(void **state)
{
	enum { B, N, L, P, I, E, C, A, BAD, OTHER, SETTING, MASK, KINDS };
	static const struct {
		const char	*order;
		bool		 fatal;
	} rows[] = {
		{ "BNLPIEC", false }, { "BNE", false }, { "BA", false },
		{ "BNEA", false }, { "BNECB", false }, { "BNIPLE", false },
		{ "N", true }, { "L", true }, { "P", true }, { "I", true },
		{ "E", true }, { "C", true }, { "A", true }, { "BB", true },
		{ "BE", true }, { "BNEB", true }, { "BNEN", true },
		{ "BNC", true }, { "BNEE", true }, { "BNEL", true },
		{ "BNEP", true }, { "BNEI", true }, { "BNECC", true },
		{ "BNECE", true }, { "BAA", true }, { "BNECA", true },
		{ "BNbE", true }, { "BNo", true },
		{ "s", true }, { "BNm", true },
	};
	static const char letters[] = "BNLPIECAbosm";
	struct conf *conf = example();
	struct conf_peer bad = { .port = 0, .notls = 1 };
	struct conf_global setting = conf->global;
	struct conf_iface mask = conf->ifaces[0];
	struct imsg kinds[KINDS];
	const struct imsg *order[8];
	struct pipe p = { 0 };
	size_t row, i;

	(void)state;
	conf_send(&p, conf, true);
	kinds[B] = p.imsg[0];
	kinds[N] = p.imsg[1];
	kinds[L] = p.imsg[2];
	kinds[P] = p.imsg[3];
	kinds[I] = p.imsg[6];
	kinds[E] = p.imsg[9];
	kinds[C] = (struct imsg){ .type = IPC_CONF_COMMIT, .fd = -1 };
	kinds[A] = (struct imsg){ .type = IPC_CONF_ABORT, .fd = -1 };
	kinds[BAD] = kinds[P];
	kinds[BAD].data = (const uint8_t *)&bad;
	setting.metric = 0;
	kinds[SETTING] = kinds[B];
	kinds[SETTING].data = &setting;
	mask.netmask = 33;
	kinds[MASK] = kinds[I];
	kinds[MASK].data = &mask;
	kinds[OTHER] = (struct imsg){ .type = IPC_STARTED, .fd = -1 };
	for (row = 0; row < sizeof(rows) / sizeof(rows[0]); row++) {
		for (i = 0; rows[row].order[i] != '\0'; i++)
			order[i] = &kinds[strchr(letters,
			    rows[row].order[i]) - letters];
		if (is_fatal(order, i) != rows[row].fatal)
			fail_msg("%s", rows[row].order);
	}
	conf_free(conf);
	pipe_clear(&p);
}

static void
more_records_than_fit_are_fatal(void **state)
{
	static const struct imsg *order[CONF_LISTENS + 3];
	struct conf *conf = example();
	struct pipe p = { 0 };
	int i;

	(void)state;
	conf_send(&p, conf, true);
	order[0] = &p.imsg[0];
	order[1] = &p.imsg[1];
	for (i = 2; i < CONF_LISTENS + 3; i++)
		order[i] = &p.imsg[2];
	assert_false(is_fatal(order, CONF_LISTENS + 2));
	assert_true(is_fatal(order, CONF_LISTENS + 3));
	conf_free(conf);
	pipe_clear(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_survives),
		cmocka_unit_test(secrets_go_where_they_are_wanted),
		cmocka_unit_test(secrets_do_not_grow_beyond_their_place),
		cmocka_unit_test(an_aborted_configuration_is_forgotten),
		cmocka_unit_test(records_out_of_order_are_fatal),
		cmocka_unit_test(more_records_than_fit_are_fatal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
