/* SPDX-License-Identifier: ISC */
/* The configuration as text that parses to the same, with secrets. */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/field.h"
#include "conf/setting.h"

/* Structs by their table, and others with all defaults. */
struct settings {
	const void	*base[CONF_TABLES], *defaults[CONF_TABLES];
	const char	*indent;
	bool		 all;
	FILE		*fp;
};

static void		 print(const struct conf *, bool all, FILE *);
static void		 print_settings(const struct settings *,
			    unsigned int tables);
static const void	*base_of(const struct settings *,
			    const struct conf_field *);
static const void	*default_of(const struct settings *,
			    const struct conf_field *);
static bool		 is_default(const struct settings *,
			    const struct conf_field *);
static void		 print_setting(const struct settings *,
			    const struct conf_field *, uint32_t);
static void		 print_joined(const struct settings *,
			    const struct conf_field *, uint32_t);
static void		 print_value(const struct settings *,
			    const struct conf_field *, uint32_t);
static void		 print_hex(const uint8_t *, size_t, FILE *);
static void		 print_network(const struct conf *, uint32_t, bool,
			    FILE *);
static void		 print_records(const struct conf *, uint32_t,
			    const char *, bool, FILE *);
static void		 print_option(const struct dhcp_option *, FILE *);
static void		 print_host(const struct conf_host *, FILE *);
static void		 print_routers(const struct conf *, FILE *);
static void		 print_tls(const struct conf_tls *, FILE *);
static void		 print_endpoint(const struct addr *, uint16_t, bool,
			    FILE *);
static void		 print_listen(const struct conf_listen *, FILE *);
static void		 print_peer(const struct conf_peer *, FILE *);
static void		 print_iface(const struct conf_iface *, const char *,
			    bool, FILE *);
static void		 print_quoted(const char *, FILE *);

void
conf_print(const struct conf *conf, FILE *fp)
{
	print(conf, true, fp);
}

void
conf_print_changes(const struct conf *conf, FILE *fp)
{
	print(conf, false, fp);
}

static void
print(const struct conf *conf, bool all, FILE *fp)
{
	static struct conf_global global;
	static struct conf_network network;
	const struct settings settings = {
		.base = { &conf->global, &conf->networks[0] },
		.defaults = { &global, &network },
		.indent = "", .all = all, .fp = fp
	};
	size_t i;

	memset(&global, 0, sizeof(global));
	memset(&network, 0, sizeof(network));
	conf_field_defaults(CONF_GLOBAL, &global);
	conf_field_defaults(CONF_NETWORK, &network);
	print_settings(&settings, CONF_TOP);
	print_routers(conf, fp);
	print_tls(&conf->tls, fp);
	for (i = 0; i < conf->nlistens; i++)
		print_listen(&conf->listens[i], fp);
	for (i = 0; i < conf->npeers; i++)
		print_peer(&conf->peers[i], fp);
	print_records(conf, 0, "", all, fp);
	for (i = 1; i < conf->nnetworks; i++)
		print_network(conf, (uint32_t)i, all, fp);
}

void
conf_print_network(const struct conf *conf, size_t n, FILE *fp)
{
	print_network(conf, (uint32_t)n, false, fp);
}

static void
print_network(const struct conf *conf, uint32_t n, bool all, FILE *fp)
{
	static struct conf_network defaults;
	const struct settings settings = {
		.base = { [CONF_NETWORK] = &conf->networks[n] },
		.defaults = { [CONF_NETWORK] = &defaults },
		.indent = "\t", .all = all, .fp = fp
	};

	conf_field_defaults(CONF_NETWORK, &defaults);
	fprintf(fp, "network ");
	print_quoted(conf->networks[n].name, fp);
	fprintf(fp, " {\n");
	print_settings(&settings, CONF_IN(CONF_NETWORK));
	print_records(conf, n, "\t", all, fp);
	fprintf(fp, "}\n");
}

/* Of one network. */
static void
print_records(const struct conf *conf, uint32_t n, const char *indent,
    bool all, FILE *fp)
{
	size_t i;

	for (i = 0; i < conf->noptions; i++)
		if (conf->options[i].network == n) {
			fputs(indent, fp);
			print_option(&conf->options[i].option, fp);
		}
	for (i = 0; i < conf->nhosts; i++)
		if (conf->hosts[i].network == n) {
			fputs(indent, fp);
			print_host(&conf->hosts[i], fp);
		}
	for (i = 0; i < conf->nifaces; i++)
		if (conf->ifaces[i].network == n)
			print_iface(&conf->ifaces[i], indent, all, fp);
}

static void
print_settings(const struct settings *s, unsigned int tables)
{
	const struct conf_field *f;
	uint32_t i;

	CONF_FIELD_FOREACH(f, tables) {
		if ((f->flags & (CONF_JOINED | CONF_HIDDEN)) ||
		    ((f->flags & CONF_IN_BLOCK) && tables == CONF_TOP) ||
		    (!s->all && is_default(s, f)))
			continue;
		for (i = 0; i < conf_field_count(f, base_of(s, f)); i++)
			print_setting(s, f, i);
	}
}

static const void *
base_of(const struct settings *s, const struct conf_field *f)
{
	return s->base[f->table];
}

static const void *
default_of(const struct settings *s, const struct conf_field *f)
{
	return s->defaults[f->table];
}

/* With everything on its line. */
static bool
is_default(const struct settings *s, const struct conf_field *f)
{
	do {
		if (conf_field_count(f, base_of(s, f)) !=
		    conf_field_count(f, default_of(s, f)) ||
		    (f->count == 0 && memcmp(conf_field_const(f,
		    base_of(s, f), 0), conf_field_const(f, default_of(s, f),
		    0), f->size) != 0))
			return false;
		f++;
	} while (f->flags & CONF_JOINED);
	return true;
}

/* A setting without value and without default is not printed. */
static void
print_setting(const struct settings *s, const struct conf_field *f, uint32_t i)
{
	if (f->count == 0 &&
	    conf_setting_unset(f, conf_field_const(f, base_of(s, f), i)))
		return;
	fprintf(s->fp, "%s%s ", s->indent, f->name);
	print_value(s, f, i);
	for (f++; f->flags & CONF_JOINED; f++)
		print_joined(s, f, i);
	putc('\n', s->fp);
}

/* One value: of the i-th list entry, or of a list of its own. */
static void
print_joined(const struct settings *s, const struct conf_field *f, uint32_t i)
{
	uint32_t n = conf_field_count(f, base_of(s, f));

	if (n == 0)
		return;
	if (f->count == f[-1].count) {
		if (f->count != 0 && conf_setting_number(f,
		    conf_field_const(f, base_of(s, f), i)) == 0)
			return;
		fprintf(s->fp, " %s ", f->name);
		print_value(s, f, i);
		return;
	}
	for (i = 0; i < n; i++) {
		if (i == 0)
			fprintf(s->fp, " %s { ", f->name);
		else
			fprintf(s->fp, ", ");
		print_value(s, f, i);
	}
	fprintf(s->fp, " }");
}

static void
print_value(const struct settings *s, const struct conf_field *f, uint32_t i)
{
	const void *at = conf_field_const(f, base_of(s, f), i);
	const char *text = conf_setting_text(f, at);

	if (conf_setting_is_text(f))
		print_quoted(text, s->fp);
	else
		fputs(text, s->fp);
}

static void
print_hex(const uint8_t *octets, size_t len, FILE *fp)
{
	size_t i;

	for (i = 0; i < len; i++)
		fprintf(fp, "%02x", octets[i]);
}

static void
print_option(const struct dhcp_option *o, FILE *fp)
{
	fprintf(fp, "option %u hex ", o->code);
	print_hex(o->data, o->len, fp);
	fprintf(fp, o->always ? " always\n" : "\n");
}

static void
print_host(const struct conf_host *h, FILE *fp)
{
	char text[DHCP_CLIENT_ID_MAX + 1] = "";

	fprintf(fp, "host ");
	print_quoted(h->name, fp);
	if (h->client_idlen > 0) {
		fprintf(fp, " client %s ", h->client_text ? "text" : "hex");
		if (h->client_text) {
			memcpy(text, h->client_id, h->client_idlen);
			print_quoted(text, fp);
		} else
			print_hex(h->client_id, h->client_idlen, fp);
	} else
		fprintf(fp, " lladdr %s", mac_text(&h->mac));
	if (!addr_is_none(&h->addr))
		fprintf(fp, " address %s", addr_text(&h->addr));
	if (h->prefix.len != 0)
		fprintf(fp, " prefix %s", prefix_text(&h->prefix));
	if (h->delegated.len != 0)
		fprintf(fp, " delegate %s", prefix_text(&h->delegated));
	putc('\n', fp);
}

static void
print_routers(const struct conf *conf, FILE *fp)
{
	size_t i;

	for (i = 0; i < conf->nrouters; i++) {
		fprintf(fp, "router %s", router_id_text(&conf->routers[i].id));
		if (conf->routers[i].name[0] != '\0') {
			fprintf(fp, " name ");
			print_quoted(conf->routers[i].name, fp);
		}
		putc('\n', fp);
	}
	for (i = 0; i < conf->ndenies; i++)
		fprintf(fp, "deny router %s\n",
		    router_id_text(&conf->denies[i].id));
	for (i = 0; i < conf->nbars; i++)
		fprintf(fp, "deny station %s\n",
		    mac_text(&conf->bars[i].mac));
}

/* With the secrets: the text must parse to the same. */
static void
print_tls(const struct conf_tls *tls, FILE *fp)
{
	uint32_t i;

	for (i = 0; i < tls->npsks; i++) {
		fprintf(fp, "tls psk ");
		print_quoted(tls->psks[i], fp);
		putc('\n', fp);
	}
	if (tls->ca[0] == '\0')
		return;
	fprintf(fp, "tls ca ");
	print_quoted(tls->ca, fp);
	fprintf(fp, " cert ");
	print_quoted(tls->cert, fp);
	fprintf(fp, " key ");
	print_quoted(tls->key, fp);
	putc('\n', fp);
}

static void
print_endpoint(const struct addr *addr, uint16_t port, bool notls, FILE *fp)
{
	fprintf(fp, "%s port %u%s",
	    addr_is_none(addr) ? "*" : addr_text(addr), port,
	    notls ? " no tls" : "");
}

static void
print_listen(const struct conf_listen *l, FILE *fp)
{
	uint32_t i;

	fprintf(fp, "listen on ");
	print_endpoint(&l->addr, l->port, l->notls, fp);
	for (i = 0; i < l->nfrom; i++)
		fprintf(fp, "%s%s", i == 0 ? " from { " : ", ",
		    prefix_text(&l->from[i]));
	fprintf(fp, l->nfrom > 0 ? " }\n" : "\n");
}

static void
print_peer(const struct conf_peer *peer, FILE *fp)
{
	fprintf(fp, "peer ");
	if (peer->host[0] == '\0')
		print_endpoint(&peer->addr, peer->port, peer->notls, fp);
	else {
		if (peer->automatic)
			fprintf(fp, "auto on ");
		print_quoted(peer->host, fp);
		fprintf(fp, " port %u%s", peer->port,
		    peer->notls ? " no tls" : "");
	}
	if (!addr_is_none(&peer->from))
		fprintf(fp, " from %s", addr_text(&peer->from));
	putc('\n', fp);
}

/* Prints its name at least; in the block of a network, or outside. */
static void
print_iface(const struct conf_iface *iface, const char *indent, bool all,
    FILE *fp)
{
	static struct conf_iface defaults;
	const struct settings settings = {
		.base = { [CONF_IFACE] = iface },
		.defaults = { [CONF_IFACE] = &defaults },
		.indent = indent[0] == '\0' ? "\t" : "\t\t", .all = all,
		.fp = fp
	};

	conf_field_defaults(CONF_IFACE, &defaults);
	fprintf(fp, "%sinterface ", indent);
	print_quoted(iface->name, fp);
	fprintf(fp, " {\n");
	print_settings(&settings, CONF_IN(CONF_IFACE));
	fprintf(fp, "%s}\n", indent);
}

static void
print_quoted(const char *text, FILE *fp)
{
	putc('"', fp);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', fp);
		putc(*text, fp);
	}
	putc('"', fp);
}
