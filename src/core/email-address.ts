/** What an email address may be, here: what can stand in a mail's header and in the user field of an SFTP client. */

/** Letters, digits and the plain signs of RFC 5322, without quotes, comments, lists and routes; the domain has a dot. */
const form =
  /^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@([\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}]([\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;

/** @param text without spaces around it. */
export function isEmailAddress(text: string): boolean {
  return text.length <= 254 && text.indexOf('@') <= 64 && form.test(text);
}
