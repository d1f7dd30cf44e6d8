/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/log.h"
#include "common/nomem.h"
#include "conf/conf.h"
#include "ipc/conf_ipc.h"
#include "ipc/ipc.h"
#include "ipc/pipe.h"

static void	send_secret(struct pipe *, const struct conf_secret *);
static void	no_memory(struct conf_receiver *);
static void	begin(struct conf_receiver *, const struct imsg *);
static void	add(struct conf_receiver *, const struct imsg *);
static void	end(struct conf_receiver *);
static void	take(const struct imsg *, void *, size_t);

void
conf_send(struct pipe *pipe, const struct conf *conf, bool secrets)
{
	size_t i;

	pipe_send(pipe, IPC_CONF_BEGIN, 0, -1, &conf->global,
	    sizeof(conf->global));
	for (i = 0; i < conf->nlistens; i++)
		pipe_send(pipe, IPC_CONF_LISTEN, 0, -1, &conf->listens[i],
		    sizeof(conf->listens[i]));
	for (i = 0; i < conf->npeers; i++)
		pipe_send(pipe, IPC_CONF_PEER, 0, -1, &conf->peers[i],
		    sizeof(conf->peers[i]));
	for (i = 0; i < conf->nifaces; i++)
		pipe_send(pipe, IPC_CONF_IFACE, 0, -1, &conf->ifaces[i],
		    sizeof(conf->ifaces[i]));
	for (i = 0; i < conf->noptions; i++)
		pipe_send(pipe, IPC_CONF_OPTION, 0, -1, &conf->options[i],
		    sizeof(conf->options[i]));
	for (i = 0; i < conf->nhosts; i++)
		pipe_send(pipe, IPC_CONF_STATIC, 0, -1, &conf->hosts[i],
		    sizeof(conf->hosts[i]));
	for (i = 0; secrets && i < conf->nsecrets; i++)
		send_secret(pipe, &conf->secrets[i]);
	pipe_send(pipe, IPC_CONF_END, 0, -1, NULL, 0);
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

	*state = CONF_MORE;
	if (imsg->type != IPC_CONF_BEGIN && r->staged == NULL && !r->refused)
		fatalx("%s: expected after IPC_CONF_BEGIN",
		    ipc_name(imsg->type));
	switch (imsg->type) {
	case IPC_CONF_BEGIN:
		begin(r, imsg);
		break;
	case IPC_CONF_LISTEN:
	case IPC_CONF_PEER:
	case IPC_CONF_IFACE:
	case IPC_CONF_OPTION:
	case IPC_CONF_STATIC:
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

static void
begin(struct conf_receiver *r, const struct imsg *imsg)
{
	if (r->staged != NULL || r->refused)
		fatalx("%s: expected IPC_CONF_COMMIT or IPC_CONF_ABORT before",
		    ipc_name(imsg->type));
	r->complete = false;
	if ((r->staged = conf_new()) == NULL) {
		no_memory(r);
		return;
	}
	take(imsg, &r->staged->global, sizeof(r->staged->global));
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
	struct conf_listen listen;
	struct conf_peer peer;
	struct conf_iface iface;
	struct dhcp_option option;
	struct conf_host host;
	struct ipc_secret secret;
	int error;

	if (r->complete)
		fatalx("%s: expected before IPC_CONF_END",
		    ipc_name(imsg->type));
	if (r->refused)
		return;
	switch (imsg->type) {
	case IPC_CONF_LISTEN:
		take(imsg, &listen, sizeof(listen));
		error = conf_add_listen(r->staged, &listen);
		break;
	case IPC_CONF_PEER:
		take(imsg, &peer, sizeof(peer));
		error = conf_add_peer(r->staged, &peer);
		break;
	case IPC_CONF_OPTION:
		take(imsg, &option, sizeof(option));
		error = conf_add_option(r->staged, &option);
		break;
	case IPC_CONF_STATIC:
		take(imsg, &host, sizeof(host));
		error = conf_add_host(r->staged, &host);
		break;
	case IPC_CONF_SECRET:
		take(imsg, &secret, sizeof(secret));
		error = conf_add_secret(r->staged, secret.kind,
		    secret.offset, secret.data, secret.len);
		explicit_bzero(&secret, sizeof(secret));
		break;
	default:
		take(imsg, &iface, sizeof(iface));
		error = conf_add_iface(r->staged, &iface);
	}
	if (error == -1 && errno == ENOMEM)
		no_memory(r);
	else if (error == -1)
		fatalx("%s: too many", ipc_name(imsg->type));
}

/* What the parent would have refused cannot come from its parser. */
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
}

static void
take(const struct imsg *imsg, void *data, size_t len)
{
	if (imsg_data(imsg, data, len) == -1)
		fatalx("%s: %u octets, expected %zu", ipc_name(imsg->type),
		    imsg->len, len);
}
