/* Names of countries and their codes. Thread: any; pure. */
#ifndef PF_APP_COUNTRY_H
#define PF_APP_COUNTRY_H

/* The ISO 3166-1 alpha-2 code of an English name, whatever its case; the text
 * itself when it is none that is known. */
const char *country_code(const char *text);

#endif
