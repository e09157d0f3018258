/** Text in HTML: nothing that a delivery holds is read as markup. */

const signs: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const inHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => signs[sign] as string);
