/* SPDX-License-Identifier: ISC */
/*
 * A configuration is sent record by record to a child, which stages it.  The
 * pipe has checked lengths and fields of the records.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/conf.h"
#include "conf/field.h"
#include "ipc/conf_ipc.h"
#include "ipc/ipc.h"
#include "ipc/pipe.h"

/*
 * A list of struct conf: offsets of its pointer and its length, size of its
 * records.
 */
struct list {
	size_t	  records, n, size;
	int	(*add)(struct conf *, const void *);
};

static void	send_list(struct pipe *, const struct conf *, uint32_t);
static void	send_secret(struct pipe *, const struct conf_secret *);
static void	no_memory(struct conf_receiver *);
static void	begin(struct conf_receiver *, const struct imsg *);
static void	add(struct conf_receiver *, const struct imsg *);
static void	end(struct conf_receiver *);

#define ADDS(what, record)						\
static int								\
add_##what(struct conf *conf, const void *data)				\
{									\
	const struct record *r = data;					\
									\
	return conf_add_##what(conf, r);				\
}
ADDS(network, conf_network)
ADDS(listen, conf_listen)
ADDS(peer, conf_peer)
ADDS(iface, conf_iface)
ADDS(option, conf_option)
ADDS(host, conf_host)
ADDS(router, conf_router)
ADDS(deny, conf_deny)
ADDS(bar, conf_bar)

#define LIST(type, what, record) \
	[type - IPC_CONF_NETWORK] = { offsetof(struct conf, what##s), \
	    offsetof(struct conf, n##what##s), sizeof(struct record), \
	    add_##what }

static const struct list lists[] = {
	LIST(IPC_CONF_NETWORK, network, conf_network),
	LIST(IPC_CONF_LISTEN, listen, conf_listen),
	LIST(IPC_CONF_PEER, peer, conf_peer),
	LIST(IPC_CONF_IFACE, iface, conf_iface),
	LIST(IPC_CONF_OPTION, option, conf_option),
	LIST(IPC_CONF_STATIC, host, conf_host),
	LIST(IPC_CONF_ROUTER, router, conf_router),
	[IPC_CONF_DENY - IPC_CONF_NETWORK] = { offsetof(struct conf, denies),
	    offsetof(struct conf, ndenies), sizeof(struct conf_deny),
	    add_deny },
	LIST(IPC_CONF_BAR, bar, conf_bar)
};

void
conf_send(struct pipe *pipe, const struct conf *conf, bool secrets)
{
	struct conf_global global = conf->global;
	uint32_t type;
	size_t i;

	if (!secrets)
		memset(global.network_key, 0, sizeof(global.network_key));
	pipe_send(pipe, IPC_CONF_BEGIN, 0, -1, &global, sizeof(global));
	explicit_bzero(&global, sizeof(global));
	for (type = IPC_CONF_NETWORK; type <= IPC_CONF_BAR; type++)
		send_list(pipe, conf, type);
	for (i = 0; secrets && i < conf->nsecrets; i++)
		send_secret(pipe, &conf->secrets[i]);
	pipe_send(pipe, IPC_CONF_END, 0, -1, NULL, 0);
}

static void
send_list(struct pipe *pipe, const struct conf *conf, uint32_t type)
{
	const struct list *list = &lists[type - IPC_CONF_NETWORK];
	const uint8_t *record;
	size_t n;

	memcpy(&record, (const char *)conf + list->records, sizeof(record));
	memcpy(&n, (const char *)conf + list->n, sizeof(n));
	for (; n > 0; n--, record += list->size)
		pipe_send(pipe, type, 0, -1, record, list->size);
}

static void
send_secret(struct pipe *pipe, const struct conf_secret *s)
{
	struct ipc_secret msg;
	size_t at;

	for (at = 0; at < s->len; at += msg.len) {
		memset(&msg, 0, sizeof(msg));
		msg.kind = s->kind;
		msg.offset = at;
		msg.len = s->len - at < sizeof(msg.data) ? s->len - at :
		    sizeof(msg.data);
		memcpy(msg.data, s->data + at, msg.len);
		pipe_send(pipe, IPC_CONF_SECRET, 0, -1, &msg, sizeof(msg));
	}
	explicit_bzero(&msg, sizeof(msg));
}

struct conf *
conf_receive(struct conf_receiver *r, const struct imsg *imsg,
    enum conf_received *state)
{
	struct conf *conf = NULL;
	const char *wrong;

	*state = CONF_MORE;
	if ((wrong = conf_settings_check(imsg)) != NULL)
		fatalx("%s from parent: field %s", ipc_name(imsg->type),
		    wrong);
	if (imsg->type != IPC_CONF_BEGIN && r->staged == NULL && !r->refused)
		fatalx("%s: expected after IPC_CONF_BEGIN",
		    ipc_name(imsg->type));
	switch (imsg->type) {
	case IPC_CONF_BEGIN:
		begin(r, imsg);
		break;
	case IPC_CONF_NETWORK:
	case IPC_CONF_LISTEN:
	case IPC_CONF_PEER:
	case IPC_CONF_IFACE:
	case IPC_CONF_OPTION:
	case IPC_CONF_STATIC:
	case IPC_CONF_ROUTER:
	case IPC_CONF_DENY:
	case IPC_CONF_BAR:
	case IPC_CONF_SECRET:
		add(r, imsg);
		break;
	case IPC_CONF_END:
		end(r);
		*state = r->refused ? CONF_REFUSED : CONF_READY;
		break;
	case IPC_CONF_COMMIT:
		if (!r->complete || r->refused)
			fatalx("%s: expected after IPC_CONF_END",
			    ipc_name(imsg->type));
		conf = r->staged;
		r->staged = NULL;
		r->complete = false;
		break;
	case IPC_CONF_ABORT:
		conf_free(r->staged);
		r->staged = NULL;
		r->complete = r->refused = false;
		break;
	default:
		fatalx("%s: expected a message of the configuration",
		    ipc_name(imsg->type));
	}
	return conf;
}

const char *
conf_settings_check(const struct imsg *imsg)
{
	switch (imsg->type) {
	case IPC_CONF_BEGIN:
		return conf_global_check(imsg->data);
	case IPC_CONF_NETWORK:
		return conf_network_check(imsg->data);
	case IPC_CONF_IFACE:
		return conf_iface_check(imsg->data);
	default:
		return NULL;
	}
}

static void
begin(struct conf_receiver *r, const struct imsg *imsg)
{
	if (r->staged != NULL || r->refused)
		fatalx("%s: expected IPC_CONF_COMMIT or IPC_CONF_ABORT before",
		    ipc_name(imsg->type));
	r->complete = false;
	if ((r->staged = conf_empty()) == NULL) {
		no_memory(r);
		return;
	}
	memcpy(&r->staged->global, imsg->data, sizeof(r->staged->global));
}

static void
no_memory(struct conf_receiver *r)
{
	nomem("a configuration");
	conf_refuse(r);
}

void
conf_refuse(struct conf_receiver *r)
{
	conf_free(r->staged);
	r->staged = NULL;
	r->refused = true;
}

void
conf_answer(struct pipe *pipe, enum conf_received state, const char *why)
{
	struct ipc_refused msg = { 0 };

	if (state == CONF_READY)
		pipe_send(pipe, IPC_CONF_READY, 0, -1, NULL, 0);
	if (state != CONF_REFUSED)
		return;
	strlcpy(msg.why, why, sizeof(msg.why));
	pipe_send(pipe, IPC_CONF_REFUSED, 0, -1, &msg, sizeof(msg));
}

static void
add(struct conf_receiver *r, const struct imsg *imsg)
{
	const struct ipc_secret *secret;
	int error;

	if (r->complete)
		fatalx("%s: expected before IPC_CONF_END",
		    ipc_name(imsg->type));
	if (r->refused)
		return;
	if (imsg->type == IPC_CONF_SECRET) {
		secret = imsg->data;
		error = conf_add_secret(r->staged, secret->kind,
		    secret->offset, secret->data, secret->len);
	} else
		error = lists[imsg->type - IPC_CONF_NETWORK].add(r->staged,
		    imsg->data);
	if (error == -1 && errno == ENOMEM)
		no_memory(r);
	else if (error == -1)
		fatalx("%s: too many", ipc_name(imsg->type));
}

/*
 * The parent refuses a configuration with such a fault, and does not send it.
 */
static void
end(struct conf_receiver *r)
{
	const char *why;

	if (r->complete)
		fatalx("IPC_CONF_END: sent twice");
	r->complete = true;
	if (r->refused)
		return;
	if ((why = conf_check(r->staged)) == conf_no_memory)
		no_memory(r);
	else if (why != NULL)
		fatalx("IPC_CONF_END: %s", why);
	else
		conf_routers_sort(r->staged);
}
