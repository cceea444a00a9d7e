// A bot in discord.js: answers /clip with a button, then puts the picture that came with it into its answer.

const discord = require("discord.js");

const { API_URL, TOKEN } = process.env;
const client = new discord.Client({
  intents: [discord.GatewayIntentBits.Guilds],
  rest: { api: API_URL.replace(/\/v10$/, ""), version: "10" },
});

const clip = new discord.SlashCommandBuilder()
  .setName("clip")
  .setDescription("Make a clip")
  .addStringOption((option) => option.setName("prompt").setDescription("What happens").setRequired(true))
  .addAttachmentOption((option) => option.setName("image").setDescription("A picture").setRequired(true));

client.once(discord.Events.ClientReady, async () => {
  await client.application.fetch();
  for (const guild of client.guilds.cache.values()) await guild.channels.fetch();
  await client.application.commands.set([clip]);
  console.log(JSON.stringify({ guilds: client.guilds.cache.map((guild) => guild.name) }));
});

client.on(discord.Events.InteractionCreate, async (interaction) => {
  if (interaction.isButton()) {
    await interaction.update({ content: "pressed", components: [] });
    return;
  }
  const button = new discord.ButtonBuilder()
    .setCustomId("press")
    .setLabel("Press")
    .setStyle(discord.ButtonStyle.Primary);
  await interaction.reply({
    content: `making ${interaction.options.getString("prompt")}`,
    components: [new discord.ActionRowBuilder().addComponents(button)],
  });
  const picture = interaction.options.getAttachment("image");
  const answer = await fetch(picture.url);
  const file = new discord.AttachmentBuilder(Buffer.from(await answer.arrayBuffer()), { name: "clip.png" });
  await interaction.editReply({ content: `made of ${picture.width} pixels`, files: [file] });
  await interaction.followUp({ content: "only you see this", flags: discord.MessageFlags.Ephemeral });
  const post = await interaction.channel.send({ content: "a post", files: [file] });
  await post.edit("an edited post");
  await post.reply("a reply");
});

client.login(TOKEN);
