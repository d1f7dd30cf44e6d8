/* SPDX-License-Identifier: ISC */
/* The lines of hostapd's control socket. */
#include <stdio.h>
#include <string.h>

#include "wire/hostapd.h"

static const char	*skip_ifname(const char *, struct hostapd_message *);
static const char	*skip_level(const char *);
static const char	*word_of(const char *, const char *);

/* First words of a line, and whether a station's MAC address follows. */
static const struct {
	const char		*word;
	enum hostapd_kind	 kind;
	bool			 event;		/* a level precedes it */
	bool			 mac;
} words[] = {
	{ "OK", HOSTAPD_OK, false, false },
	{ "FAIL", HOSTAPD_FAIL, false, false },
	{ "UNKNOWN COMMAND", HOSTAPD_FAIL, false, false },
	{ "PONG", HOSTAPD_PONG, false, false },
	{ "AP-STA-CONNECTED", HOSTAPD_CONNECTED, true, true },
	{ "EAPOL-4WAY-HS-COMPLETED", HOSTAPD_CONNECTED, true, true },
	{ "AP-STA-DISCONNECTED", HOSTAPD_DISCONNECTED, true, true },
	{ "AP-ENABLED", HOSTAPD_ENABLED, true, false },
	{ "CTRL-EVENT-TERMINATING", HOSTAPD_TERMINATING, true, false }
};

void
wire_hostapd_parse(const char *data, size_t len, struct hostapd_message *m)
{
	char text[HOSTAPD_TEXT + 1], mac[MAC_TEXT];
	const char *p, *q, *rest;
	size_t i;

	memset(m, 0, sizeof(*m));
	if (len > HOSTAPD_TEXT)
		len = HOSTAPD_TEXT;
	memcpy(text, data, len);
	text[len] = '\0';
	p = skip_ifname(text, m);
	q = skip_level(p);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (words[i].event != (q != p) ||
		    (rest = word_of(q, words[i].word)) == NULL)
			continue;
		if (words[i].mac) {
			strncpy(mac, rest, sizeof(mac) - 1);
			mac[sizeof(mac) - 1] = '\0';
			if (mac_parse(mac, &m->mac) == -1 ||
			    !mac_is_station(&m->mac))
				return;
		}
		m->kind = words[i].kind;
		return;
	}
}

/* "IFNAME=wlan0 " on a global socket. */
static const char *
skip_ifname(const char *p, struct hostapd_message *m)
{
	static const char lead[] = "IFNAME=";
	size_t n;

	if (strncmp(p, lead, sizeof(lead) - 1) != 0)
		return p;
	p += sizeof(lead) - 1;
	n = strcspn(p, " ");
	if (n == 0 || n >= sizeof(m->ifname) || p[n] != ' ')
		return p;
	memcpy(m->ifname, p, n);
	return p + n + 1;
}

/* "<3>" */
static const char *
skip_level(const char *p)
{
	size_t n;

	if (p[0] != '<' || (n = strspn(p + 1, "0123456789")) == 0 ||
	    p[1 + n] != '>')
		return p;
	return p + n + 2;
}

/* The text behind the word, or NULL: it is another word. */
static const char *
word_of(const char *p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(p, word, n) != 0)
		return NULL;
	if (p[n] == ' ')
		return p + n + 1;
	return p[n] == '\0' || p[n] == '\n' ? p + n : NULL;
}

/*
 * tx=0: without a frame on the air.  If the station has gone to another access
 * point on this channel, the frame would disconnect it there.
 */
void
wire_hostapd_drop(char out[HOSTAPD_COMMAND], const char *ifname,
    const struct mac *mac, bool silent)
{
	snprintf(out, HOSTAPD_COMMAND, "%s%s%sDEAUTHENTICATE %s%s",
	    ifname != NULL ? "IFNAME=" : "", ifname != NULL ? ifname : "",
	    ifname != NULL ? " " : "", mac_text(mac), silent ? " tx=0" : "");
}
