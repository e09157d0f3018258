/** Names of invented people and places, as mixed as a school district is; none holds a comma or a quote. */

export const girls = list(`
  Aaliyah, Abigail, Aisha, Alejandra, Amara, Amelia, Ana, Anaïs, Anika, Aria, Ava, Beatriz, Bianca, Camila,
  Caroline, Charlotte, Chloé, Daniela, Destiny, Eleanor, Elena, Elizabeth, Emily, Emma, Esperanza, Evelyn,
  Fatima, Gabriela, Genesis, Grace, Hannah, Harper, Hazel, Imani, Inés, Isabella, Jada, Jasmine, Joy, Julia,
  Kiara, Layla, Leilani, Lily, Linh, Lucía, Lucy, Madison, Mai, Maria, María José, Mary Ann, Mei, Mia, Naomi,
  Natalie, Nia, Noor, Nora, Olivia, Paige, Paloma, Penelope, Priya, Quinn, Rachel, Renée, Rosa, Ruby, Sadie,
  Samantha, Sarah, Scarlett, Shreya, Sofía, Sophie, Stella, Tanisha, Valentina, Victoria, Violet, Ximena, Yasmin,
  Yuki, Zahra, Zoë, Da'Nae, Anne-Marie, Ji-woo, Mary-Kate`);
export const boys = list(`
  Aaron, Abdullah, Adrián, Aiden, Alejandro, Alexander, Amir, Andre, Andrés, Anthony, Arjun, Asher, Austin,
  Benjamin, Brayden, Caleb, Carlos, Carter, César, Charles, Christopher, Cody, Connor, Cooper, Daniel, Darnell,
  David, DeShawn, Diego, Dominic, Dylan, Eduardo, Eli, Elijah, Emmanuel, Ethan, Ezekiel, Felix, Gabriel, George,
  Giovanni, Grayson, Hassan, Henry, Hudson, Ian, Ibrahim, Isaac, Isaiah, Iván, Jackson, Jacob, Jalen, James,
  Jayden, Jesús, João, José, Joseph, Joshua, Juan Carlos, Julian, Kai, Kenji, Kevin, Khalil, Leo, Liam, Logan,
  Lucas, Luis, Malik, Marcus, Mateo, Matthew, Miguel, Minh, Mohammed, Nathan, Noah, Oliver, Omar, Oscar, Owen,
  Rafael, Raj, Rohan, Ryan, Samuel, Santiago, Sean, Sebastián, Thomas, Tomás, Trevor, Tyler, Victor, Vihaan,
  William, Wyatt, Xavier, Yusuf, Zachary, D'Andre, Jean-Luc, Min-jun`);
export const families = list(`
  Abdi, Adams, Aguilar, Ahmed, Al-Farsi, Allen, Alvarez, Anderson, Bailey, Baker, Begay, Bennett, Boateng,
  Brooks, Brown, Campbell, Carter, Castillo, Chan, Chávez, Chen, Clark, Coleman, Collins, Cook, Cooper, Cruz,
  D'Angelo, Das, Davis, de la Cruz, Del Toro, Díaz, Edwards, Evans, Fernández, Fischer, Flores, Foster, Garcia,
  García, Gómez, Gonzalez, Gray, Green, Gupta, Gutiérrez, Hall, Hassan, Hernandez, Hill, Howard, Huang, Hughes,
  Ibarra, Jackson, James, Jenkins, Jiménez, Johnson, Jones, Kaur, Kelly, Khan, Kim, King, Kowalski, Kumar, Le,
  Lee, Lewis, Li, Lin, Long, López, Lopez, MacDonald, Martin, Martinez, Martínez, McCarthy, Medina, Mendoza,
  Miller, Mitchell, Moore, Morales, Morgan, Morris, Muñoz, Murphy, Myers, Nakamura, Nelson, Nguyen, Núñez,
  O'Brien, O'Connor, Okafor, Olsen, Ortega, Ortiz, Osei, Parker, Patel, Peña, Perez, Pérez, Peterson, Pham,
  Phillips, Powell, Price, Ramirez, Ramos, Reed, Reyes, Richardson, Rivera, Roberts, Robinson, Rodriguez, Rogers,
  Ross, Ruiz, Russell, Sanchez, Sánchez, Sanders, Santos, Schmidt, Scott, Shah, Silva, Singh, Smith, Smith-Jones,
  Soto, St. Clair, Stewart, Sullivan, Tanaka, Taylor, Thomas, Thompson, Torres, Tran, Tsosie, Turner, Van Dyke,
  van der Berg, Vargas, Vásquez, Vu, Walker, Wang, Ward, Washington, Watson, White, Williams, Wilson, Wong, Wood,
  Wright, Wu, Xiong, Yang, Yazzie, Young, Zhang, Zhao, Zimmermann, García-López, Nguyen-Smith, Ōta`);
/** Places of which districts take their names. */
export const places = list(`
  Lakeview, Cedar Ridge, Fairmont, Pine Valley, Riverton, Harbor Springs, Granite Falls, Maple Grove,
  Silver Creek, Eagle Pass, Northfield, Stone Bridge, Clearwater, Prairie Hills, Copper Canyon, Bay Shore`);
/** First part of a school's name; with the level it makes the whole. */
export const schoolNames = list(`
  Hill, Lincoln, Washington, Roosevelt, Jefferson, Franklin, Madison, Oak Street, Sunnyside, Riverside,
  Meadowbrook, Douglass, Chavez, Parks, King, Marshall, Whittier, Longfellow, Emerson, Carver, Sequoia, Juniper,
  Aspen, Willow Creek, Mountain View, Valley View, Horizon, Heritage, Liberty, Pioneer, Sacagawea, Tubman,
  Ellington, Curie, Earhart, Ride`);
export const cities = list(`
  Springfield, San José, Monterrey, Port-au-Prince, Detroit, El Paso, Honolulu, Saint Paul, Boise`);

/** The words between the commas. */
function list(text: string): string[] {
  return text.trim().split(/,\s+/);
}

const folded = new Map<string, string>();
/** A name as it stands in an address: lower-case letters a to z only. */
export function fold(name: string): string {
  let plain = folded.get(name);
  if (plain === undefined) {
    plain = name
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase();
    folded.set(name, plain);
  }
  return plain;
}
