/* SPDX-License-Identifier: ISC */
/* How a configuration comes into force, in two phases. */
#include <paths.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/log.h"
#include "conf/field.h"
#include "conf/setting.h"
#include "ipc/conf_ipc.h"
#include "parent/advice.h"
#include "parent/local.h"
#include "parent/notify.h"
#include "parent/ram.h"
#include "parent/sandbox.h"
#include "parent/secret.h"

static void		 keep_first_line(int, const char *, const char *);
static void		 host_name(char *, size_t);
static void		 commit(struct parent *);
static void		 started(struct parent *);
static void		 give_up(struct parent *, const char *);
static void		 refuse(struct parent *, const uint32_t *,
			    const char *);
static bool		 denies_us(const struct parent *, const struct conf *,
			    char *, size_t);
static const char	*needs_restart(struct parent *, const struct conf *);

/* The first error, for the client that asked for a reload. */
static char	first_line[252];
static log_sink_fn *lines_go_to;

struct conf *
parent_conf_load(const struct parent_opts *opts)
{
	struct conf *conf;
	uint32_t share;

	first_line[0] = '\0';
	lines_go_to = log_to(keep_first_line);
	conf = conf_parse(opts->conf_path);
	if (conf != NULL && secret_load(conf, false) == -1) {
		conf_free(conf);
		conf = NULL;
	}
	log_to(lines_go_to);
	if (conf == NULL)
		return NULL;
	if (opts->socket != NULL)
		strlcpy(conf->global.socket, opts->socket,
		    sizeof(conf->global.socket));
	if (conf->global.name[0] == '\0')
		host_name(conf->global.name, sizeof(conf->global.name));
	/* Asked for at the start in any case: later it is out of reach. */
	share = ram_share();
	if (conf->global.max_memory == 0)
		conf->global.max_memory = share;
	return conf;
}

static void
keep_first_line(int priority, const char *process, const char *text)
{
	(void)process;
	if (first_line[0] == '\0' && priority <= LOG_WARNING &&
	    strstr(text, CONF_WARNS) == NULL)
		strlcpy(first_line, text, sizeof(first_line));
	log_to(lines_go_to);
	log_line(priority, NULL, text);
	log_to(keep_first_line);
}

/* The part of it that is valid in a router's name. */
static void
host_name(char *name, size_t size)
{
	char *s;

	if (gethostname(name, size) == -1)
		strlcpy(name, "router", size);
	name[size - 1] = '\0';
	for (s = name; *s != '\0'; s++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTU"
		    "VWXYZ0123456789._-", *s) == NULL)
			*s = '-';
}

/* At the start, once we know who we are. */
void
parent_conf_first(struct parent *p)
{
	char why[CONF_WHY];

	if (denies_us(p, p->conf, why, sizeof(why)))
		parent_start_failed(p, why);
	else
		parent_conf_stage(p, p->conf);
}

/*
 * The first phase: all children receive it and none uses it.  Every step that
 * can fail is done before.
 */
void
parent_conf_stage(struct parent *p, struct conf *conf)
{
	struct process *child;

	p->staged = conf;
	for (child = p->children; child < p->children + WORKERS; child++) {
		conf_send(child->pipe, conf, child->id == PROC_ENGINE);
		child->owes_ready = true;
	}
	conf_forget_secrets(conf);
	parent_deadline(p, READY_TIMEOUT);
}

void
parent_conf_ready(struct process *child)
{
	struct parent *p = child->parent;

	if (!child->owes_ready)
		fatalx("parent: IPC_CONF_READY from %s: not asked for",
		    proc_name(child->id));
	child->owes_ready = false;
	if (p->staged == NULL || p->phase == PHASE_STOPPING ||
	    !parent_complete(p))
		return;
	if (!parent_child(p, PROC_ENGINE)->owes_ready &&
	    !parent_child(p, PROC_FRONTEND)->owes_ready)
		commit(p);
}

/* The second phase: it cannot fail. */
static void
commit(struct parent *p)
{
	bool starting = p->phase == PHASE_STARTING;
	struct process *frontend = parent_child(p, PROC_FRONTEND);
	bool has_client = p->has_client;

	parent_deadline(p, 0);
	if (p->conf != p->staged)
		conf_free(p->conf);
	p->conf = p->staged;
	p->staged = NULL;
	p->has_client = false;
	p->phase = PHASE_RUNNING;
	parent_verbose(p, p->conf->global.verbose > p->opts->verbose ?
	    p->conf->global.verbose : p->opts->verbose);
	peersock_commit(p->peersock);
	parent_send_all(p, IPC_CONF_COMMIT, NULL, 0);
	discoversock_conf(p->discoversock, p->conf);
	parent_links_conf(p);
	if (kernel_conf(p->kernel, p->conf) == -1) {
		if (has_client)
			parent_ctl_end(p, p->client, "the kernel refused "
			    "part of the configuration: see the log");
		if (starting) {
			parent_stop(p, true);
			return;
		}
	} else if (has_client)
		parent_ctl_end(p, p->client, NULL);
	advice_give(p->conf);
	if (starting) {
		pipe_send(frontend->pipe, IPC_CONTROL_SOCKET, 0,
		    p->control_fd, NULL, 0);
		p->control_fd = -1;
		watchdog_start(p, started);
	} else {
		log_info("configuration reloaded");
		notify_ready("serving, configuration reloaded");
	}
}

/* And all processes are alive. */
static void
started(struct parent *p)
{
	sandbox_say();
	log_info("started");
	if (!p->opts->foreground)
		logsink_syslog(p->log, _PATH_LOG);
	p->opts->ready();
	notify_ready("serving");
}

void
parent_conf_late(struct parent *p)
{
	struct process *who = parent_child(p, p->staged == NULL ?
	    PROC_SIGNER : parent_child(p, PROC_ENGINE)->owes_ready ?
	    PROC_ENGINE : PROC_FRONTEND);
	char why[80];

	snprintf(why, sizeof(why), "%s: not ready after %d s",
	    proc_name(who->id), READY_TIMEOUT);
	if (p->phase != PHASE_STARTING) {
		give_up(p, why);
		return;
	}
	parent_start_failed(p, why);
	killswitch_pull(&who->killswitch);
}

void
parent_conf_refused(struct process *child, const struct ipc_refused *refused)
{
	struct parent *p = child->parent;
	char why[LOG_TEXT];

	if (!child->owes_ready)
		fatalx("parent: IPC_CONF_REFUSED from %s: not asked for",
		    proc_name(child->id));
	child->owes_ready = false;
	if (p->staged == NULL || p->phase == PHASE_STOPPING)
		return;
	strlcpy(why, refused->why, sizeof(why));
	if (why[0] == '\0')
		snprintf(why, sizeof(why), "%s: no memory for it",
		    proc_name(child->id));
	if (p->phase == PHASE_STARTING) {
		parent_start_failed(p, why);
		return;
	}
	if (refused->why[0] != '\0')
		log_warnx("%s", why);
	parent_deadline(p, 0);
	give_up(p, why);
}

static void
give_up(struct parent *p, const char *why)
{
	parent_send_all(p, IPC_CONF_ABORT, NULL, 0);
	peersock_abort(p->peersock);
	conf_free(p->staged);
	p->staged = NULL;
	refuse(p, p->has_client ? &p->client : NULL, why);
	p->has_client = false;
}

void
parent_conf_reload(struct parent *p, const uint32_t *client)
{
	char why[CONF_WHY];
	const char *fixed;
	struct conf *conf;

	if (p->phase != PHASE_RUNNING || !parent_complete(p)) {
		refuse(p, client, "still starting, or ending");
		return;
	}
	/* A late READY must not count for the next configuration. */
	if (p->staged != NULL || parent_child(p, PROC_ENGINE)->owes_ready ||
	    parent_child(p, PROC_FRONTEND)->owes_ready) {
		refuse(p, client, "another reload is under way");
		return;
	}
	notify_reloading();
	conf = parent_conf_load(p->opts);
	if (conf == NULL) {
		refuse(p, client, first_line[0] != '\0' ? first_line :
		    "the configuration cannot be read");
		return;
	}
	fixed = needs_restart(p, conf);
	if (fixed != NULL) {
		snprintf(why, sizeof(why), "%s: a change needs a restart",
		    fixed);
		goto fail;
	}
	if (denies_us(p, conf, why, sizeof(why)) ||
	    peersock_prepare(p->peersock, conf, why, sizeof(why)) == -1)
		goto fail;
	p->has_client = client != NULL;
	p->client = client != NULL ? *client : 0;
	parent_conf_stage(p, conf);
	return;

 fail:
	conf_free(conf);
	refuse(p, client, why);
}

static void
refuse(struct parent *p, const uint32_t *client, const char *why)
{
	log_warnx("reload: %s: nothing changed", why);
	if (p->phase == PHASE_RUNNING && p->staged == NULL)
		notify_ready("serving, reload refused: %s", why);
	if (client != NULL)
		parent_ctl_end(p, *client, why);
}

static bool
denies_us(const struct parent *p, const struct conf *conf, char *why,
    size_t len)
{
	if (!conf_denied(conf, &p->self))
		return false;
	snprintf(why, len, "deny router %s: is this router, remove it",
	    router_id_text(&p->self));
	return true;
}

/*
 * A setting that only a restart can change, since what it needs was given up
 * after the start: its name, or NULL.
 */
static const char *
needs_restart(struct parent *p, const struct conf *new)
{
	const struct conf_field *f;
	const void *a, *b;

	CONF_FIELD_FOREACH(f, CONF_IN(CONF_GLOBAL)) {
		a = conf_field_const(f, &p->conf->global, 0);
		b = conf_field_const(f, &new->global, 0);
		if ((f->flags & CONF_FIXED) && (conf_setting_is_text(f) ?
		    strncmp(a, b, f->size) : memcmp(a, b, f->size)) != 0)
			return f->name;
	}
	if (parent_resolves(new) && parent_child(p, PROC_RESOLVER)->pid == 0)
		return "peer names";
	return NULL;
}

bool
parent_resolves(const struct conf *conf)
{
	size_t i;

	for (i = 0; i < conf->npeers; i++)
		if (conf->peers[i].host[0] != '\0' &&
		    !conf->peers[i].automatic)
			return true;
	return false;
}
