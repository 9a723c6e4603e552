/** Short, plain, hard to mishear: for passwords that are read out and typed. */
export const words: readonly string[] = `
acorn amber anchor apple apron arrow aspen atlas autumn badge bagel bamboo banjo barley basil
basket beacon beaver bench berry birch bishop blanket blossom bonfire bottle bramble breeze
bridge bronze bucket buffalo butter button cabin cactus camel candle canoe canyon caramel carpet
carrot castle cedar cellar chalk cherry chestnut cinder citrus clover cobalt coconut comet
compass copper coral cottage cotton cradle crayon cricket crystal curtain cypress daisy dapple
dolphin donkey dragon drift ember falcon feather fennel ferry fiddle finch flannel flint forest
fossil fountain garden garlic gazelle ginger glacier goblet granite grape gravel guitar hammock
harbor harvest hazel heather hedge helmet heron hickory hollow honey igloo indigo island ivory
jacket jasmine jigsaw juniper kettle kitten ladder lagoon lantern laurel lemon lentil lilac linen
lizard lobster magnet maple marble meadow melon mitten mosaic muffin mustard napkin nectar needle
nutmeg oasis olive onion orchard orchid otter oyster paddle panda papaya parade parsley pastry
pebble pelican pepper petal piano pickle pigeon pillow pine pistachio planet plum pocket poplar
poppy potato prairie puddle puffin pumpkin puzzle quarry quartz quill quilt rabbit raccoon radish
raisin ribbon ripple river robin rocket rosemary saddle saffron sailor salmon sandal sapphire
satchel scarlet shovel silver sparrow spinach spruce squirrel stable starling summit sunset
swallow sweater tadpole tango teapot temple thicket thimble thistle thunder timber toffee tomato
topaz trellis truffle tulip tundra turnip turtle umbrella valley vanilla velvet violet violin
waffle walnut walrus weasel whistle willow window winter wombat yarrow yogurt zebra zephyr zigzag
`
  .trim()
  .split(/\s+/);
