/* SPDX-License-Identifier: ISC */
/*
 * The signer.  It has the parent's channel, the engine's, and until it is read
 * the file of the identity.  The engine speaks with strangers: from it nothing
 * is fatal, no text but the two of sroam-flood(7) is signed, and what it does
 * wrong is said in one line a minute.
 *
 * The key leaves this process neither by a dump (the limit on those is 0) nor
 * by another of the same user: who has changed its user cannot be traced.
 */
#include <event2/event.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/ratelimit.h"
#include "ipc/dispatch.h"
#include "proc/child.h"
#include "signer/signer.h"

#define ID_TEXT		"sroam router id"	/* without their NULs */
#define ROUTER_TEXT	"sroam router"
#define SESSION_TEXT	"sroam session"
#define LATE		((uint64_t)1 << 63)	/* no honest number is */
#define KEY_MAX		(1 + sizeof(struct router_id))	/* of the datum */

_Static_assert(crypto_sign_PUBLICKEYBYTES == PUBLIC_KEY, "a public key");
_Static_assert(crypto_sign_BYTES == SIGNATURE, "a signature");
_Static_assert(crypto_hash_sha256_BYTES == FINGERPRINT, "a hash");

/* What is signed, as it is put together. */
struct text {
	uint8_t	octets[256];
	size_t	len;
};

struct signer {
	struct child		*child;
	struct pipe		*parent;
	struct pipe		*engine;	/* NULL: none yet, or gone */
	bool			 has_key;
	uint8_t			 key[crypto_sign_SECRETKEYBYTES];
	struct router_id	 id;
	uint64_t		 highest;	/* number signed; 0: none */
	uint64_t		 refused;	/* and not logged yet */
	struct ratelimit	 limit;		/* of lines about those */
};

static void	from_parent(void *, const struct imsg *);
static void	from_engine(void *, const struct imsg *);
static void	engine_closed(void *);
static ipc_handler on_hello, on_engine, on_shutdown, on_sign_router,
		on_sign_session;
static void	read_seed(int, uint8_t *);
static void	tell(struct signer *, const uint8_t *);
static void	refuse(struct signer *, uint64_t);
static void	add(struct text *, const void *, size_t);
static void	sign(const struct signer *, const struct text *, uint8_t *);

static ipc_handler *const parent_messages[IPC_MAX] = {
	[IPC_HELLO_SIGNER] = on_hello,
	[IPC_SIGNER] = on_engine,
	[IPC_SHUTDOWN] = on_shutdown
};

static ipc_handler *const engine_messages[IPC_MAX] = {
	[IPC_SIGN_ROUTER] = on_sign_router,
	[IPC_SIGN_SESSION] = on_sign_session
};

void
signer_prepare(void)
{
	if (sodium_init() == -1)
		fatalx("libsodium: cannot be used");
}

struct signer *
signer_new(struct child *child)
{
	struct signer *s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		fatal("signer");
	s->child = child;
	s->parent = child_connect(child, from_parent, s);
	return s;
}

void
signer_free(struct signer *s)
{
	pipe_free(s->engine);
	freezero(s, sizeof(*s));
}

static void
from_parent(void *arg, const struct imsg *imsg)
{
	ipc_dispatch(parent_messages, true, arg, imsg, PROC_PARENT);
}

static void
from_engine(void *arg, const struct imsg *imsg)
{
	ipc_dispatch(engine_messages, true, arg, imsg, PROC_ENGINE);
}

/* The parent sees its end, too, and ends us. */
static void
engine_closed(void *arg)
{
	struct signer *s = arg;

	pipe_free(s->engine);
	s->engine = NULL;
}

static void
on_hello(void *arg, const struct imsg *imsg)
{
	uint8_t seed[crypto_sign_SEEDBYTES], public[PUBLIC_KEY];
	struct signer *s = arg;

	if (s->has_key)
		fatalx("%s from parent: a second one", ipc_name(imsg->type));
	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s from parent: too many open files",
		    ipc_name(imsg->type));
	read_seed(imsg->fd, seed);
	close(imsg->fd);
	crypto_sign_seed_keypair(public, s->key, seed);
	sodium_memzero(seed, sizeof(seed));
	s->has_key = true;
	tell(s, public);
}

/* The parent has checked its length. */
static void
read_seed(int fd, uint8_t *seed)
{
	uint8_t buf[crypto_sign_SEEDBYTES + 1];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(buf) &&
	    (n = read(fd, buf + len, sizeof(buf) - len)) > 0)
		len += (size_t)n;
	if (len != crypto_sign_SEEDBYTES)
		fatalx("identity: %zu octets or more, expected %u", len,
		    crypto_sign_SEEDBYTES);
	memcpy(seed, buf, len);
	sodium_memzero(buf, sizeof(buf));
}

static void
tell(struct signer *s, const uint8_t *public)
{
	struct ipc_identity msg = { 0 };
	crypto_hash_sha256_state hash;

	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const uint8_t *)ID_TEXT,
	    sizeof(ID_TEXT) - 1);
	crypto_hash_sha256_update(&hash, public, PUBLIC_KEY);
	crypto_hash_sha256_final(&hash, msg.hash);
	memcpy(s->id.octet, msg.hash, sizeof(s->id.octet));
	msg.id = s->id;
	memcpy(msg.key, public, sizeof(msg.key));
	pipe_send(s->parent, IPC_IDENTITY, 0, -1, &msg, sizeof(msg));
}

static void
on_engine(void *arg, const struct imsg *imsg)
{
	struct signer *s = arg;
	const struct pipe_ops ops = { from_engine, engine_closed, NULL, s };

	if (!s->has_key || s->engine != NULL)
		fatalx("%s from parent: %s", ipc_name(imsg->type),
		    s->has_key ? "a second one" : "before IPC_HELLO_SIGNER");
	if (imsg->fd == IMSG_FD_LOST)
		fatalx("%s from parent: too many open files",
		    ipc_name(imsg->type));
	s->engine = pipe_new(s->child->base, imsg->fd, PROC_SIGNER,
	    PROC_ENGINE, &ops);
	pipe_answers(s->engine);
	pipe_distrust(s->engine);
}

static void
on_shutdown(void *arg, const struct imsg *imsg)
{
	struct signer *s = arg;

	(void)imsg;
	event_base_loopbreak(s->child->base);
}

static void
on_sign_router(void *arg, const struct imsg *imsg)
{
	const struct ipc_sign_router *msg = imsg->data;
	const uint8_t kind = DATUM_ROUTER;
	struct ipc_signed_router answer = { .number = msg->number };
	struct text text = { .len = 0 };
	struct signer *s = arg;
	uint8_t number[8];
	int i;

	if (msg->number <= s->highest || msg->number >= LATE) {
		refuse(s, msg->number);
		return;
	}
	s->highest = msg->number;
	for (i = 0; i < 8; i++)
		number[i] = (uint8_t)(msg->number >> (56 - 8 * i));
	add(&text, ROUTER_TEXT, sizeof(ROUTER_TEXT) - 1);
	add(&text, &kind, sizeof(kind));
	add(&text, s->id.octet, sizeof(s->id.octet));
	add(&text, number, sizeof(number));
	add(&text, msg->value, msg->vallen);
	sign(s, &text, answer.signature);
	pipe_send(s->engine, IPC_SIGNED_ROUTER, 0, -1, &answer,
	    sizeof(answer));
}

static void
on_sign_session(void *arg, const struct imsg *imsg)
{
	const struct ipc_sign_session *msg = imsg->data;
	struct ipc_signed_session answer = { .session = msg->session };
	struct text text = { .len = 0 };
	struct signer *s = arg;

	add(&text, SESSION_TEXT, sizeof(SESSION_TEXT) - 1);
	add(&text, &msg->role, sizeof(msg->role));
	add(&text, msg->exporter, sizeof(msg->exporter));
	sign(s, &text, answer.signature);
	pipe_send(s->engine, IPC_SIGNED_SESSION, 0, -1, &answer,
	    sizeof(answer));
}

/*
 * An old datum could be played back under a number that is signed twice, and
 * after a late one, sroam-flood(7), this router could not speak any more.
 */
static void
refuse(struct signer *s, uint64_t number)
{
	s->refused++;
	if (!ratelimit_pass(&s->limit, RATELIMIT_LOG, clock_monotime()))
		return;
	log_warnx("router datum: number %llu is not above %llu, or late: "
	    "%llu not signed", (unsigned long long)number,
	    (unsigned long long)s->highest, (unsigned long long)s->refused);
	s->refused = 0;
}

static void
add(struct text *text, const void *octets, size_t len)
{
	memcpy(text->octets + text->len, octets, len);
	text->len += len;
}

_Static_assert(sizeof(ROUTER_TEXT) + KEY_MAX + 8 + SIGN_VALUE_MAX <=
    sizeof(((struct text *)NULL)->octets), "the longest text");

static void
sign(const struct signer *s, const struct text *text, uint8_t *signature)
{
	crypto_sign_detached(signature, NULL, text->octets, text->len, s->key);
}
