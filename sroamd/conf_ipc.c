/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "conf_ipc.h"
#include "ipc.h"
#include "log.h"
#include "pipe.h"

static void	send_secret(struct pipe *, const struct conf_secret *);
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
conf_receive(struct conf_receiver *r, const struct imsg *imsg, bool *ready)
{
	struct conf *conf = NULL;

	*ready = false;
	if (imsg->type != IPC_CONF_BEGIN && r->staged == NULL)
		fatalx("%s: expected after IPC_CONF_BEGIN",
		    ipc_name(imsg->type));
	switch (imsg->type) {
	case IPC_CONF_BEGIN:
		begin(r, imsg);
		break;
	case IPC_CONF_LISTEN:
	case IPC_CONF_PEER:
	case IPC_CONF_IFACE:
	case IPC_CONF_SECRET:
		add(r, imsg);
		break;
	case IPC_CONF_END:
		end(r);
		*ready = true;
		break;
	case IPC_CONF_COMMIT:
		if (!r->complete)
			fatalx("%s: expected after IPC_CONF_END",
			    ipc_name(imsg->type));
		conf = r->staged;
		r->staged = NULL;
		r->complete = false;
		break;
	case IPC_CONF_ABORT:
		conf_free(r->staged);
		r->staged = NULL;
		r->complete = false;
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
	if (r->staged != NULL)
		fatalx("%s: expected IPC_CONF_COMMIT or IPC_CONF_ABORT before",
		    ipc_name(imsg->type));
	if ((r->staged = conf_new()) == NULL)
		fatal("configuration");
	take(imsg, &r->staged->global, sizeof(r->staged->global));
	r->complete = false;
}

static void
add(struct conf_receiver *r, const struct imsg *imsg)
{
	struct conf_listen listen;
	struct conf_peer peer;
	struct conf_iface iface;
	struct ipc_secret secret;
	int error;

	if (r->complete)
		fatalx("%s: expected before IPC_CONF_END",
		    ipc_name(imsg->type));
	switch (imsg->type) {
	case IPC_CONF_LISTEN:
		take(imsg, &listen, sizeof(listen));
		error = conf_add_listen(r->staged, &listen);
		break;
	case IPC_CONF_PEER:
		take(imsg, &peer, sizeof(peer));
		error = conf_add_peer(r->staged, &peer);
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
	if (error == -1)
		fatalx("%s: too many, or out of memory",
		    ipc_name(imsg->type));
}

/* What the parent would have refused cannot come from its parser. */
static void
end(struct conf_receiver *r)
{
	const char *why;

	if (r->complete)
		fatalx("IPC_CONF_END: sent twice");
	if ((why = conf_check(r->staged)) != NULL)
		fatalx("IPC_CONF_END: %s", why);
	r->complete = true;
}

static void
take(const struct imsg *imsg, void *data, size_t len)
{
	if (imsg_data(imsg, data, len) == -1)
		fatalx("%s: %u octets, expected %zu", ipc_name(imsg->type),
		    imsg->len, len);
}
